export default (item: number): boolean => item % 2 === 0
