export { streaming as default } from './barred.ts'
