export interface Position {
  readonly lat: number
  readonly lon: number
}

const EARTH_DIAMETER_KM = 12_742
const RADIANS = Math.PI / 180

/** Kilometres over the ground (haversine, mean radius 6,371 km). */
export function kilometres(from: Position, to: Position): number {
  const north = Math.sin(((to.lat - from.lat) * RADIANS) / 2)
  const east = Math.sin(((to.lon - from.lon) * RADIANS) / 2)
  const chord = north * north + Math.cos(from.lat * RADIANS) * Math.cos(to.lat * RADIANS) * east * east
  return EARTH_DIAMETER_KM * Math.asin(Math.sqrt(chord))
}
