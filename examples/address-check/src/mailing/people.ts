import type { SeededRandom } from '../seeded-random.ts'

const FIRST_NAMES =
  `Aaron Abigail Adrian Alice Amelia Andrew Angela Anthony Arthur Audrey Barbara Benjamin Bernard Beatrice Brandon
Camille Carlos Caroline Catherine Charles Charlotte Christine Claudia Colin Cynthia Daniel Deborah Denise Dominic Dorothy Douglas
Edward Eleanor Elizabeth Emilio Esther Eugene Evelyn Felix Fiona Florence Francis Frederick Gabriel Genevieve George Gloria Gordon
Gregory Hannah Harold Harriet Heather Helena Henry Howard Imogen Isaac Isabel Jacqueline James Jasmine Jeremy Joanna Jonathan Joseph
Judith Katherine Kenneth Kimberly Lawrence Leonard Lillian Lorenzo Louise Lucas Mabel Malcolm Margaret Martin Matilda Maurice Melissa
Michael Miriam Monica Nathan Nicholas Nora Oliver Olivia Oscar Pamela Patrick Pauline Percival Philip Priscilla Rachel Raymond Rebecca
Richard Robert Rosalind Rupert Samuel Sandra Sebastian Sharon Simon Sophia Stanley Stephen Susanna Sylvia Theodore Teresa Thomas
Timothy Ursula Valerie Vanessa Victor Vincent Virginia Walter Wendy William Winifred Xavier Yolanda Zachary`.split(
    /\s+/,
  )

const LAST_NAMES =
  `Abernathy Alvarez Anderson Armstrong Atkinson Baldwin Barrett Beaumont Bennett Blackwood Bradford Brennan
Bridges Burgess Caldwell Callahan Campbell Carpenter Castillo Chambers Chandler Christensen Coleman Connolly Cooper Crawford Cunningham
Davenport Dawson Delgado Dickinson Donovan Douglas Edwards Ellison Erickson Espinoza Everett Fairbanks Ferguson Fernandez Fitzgerald
Fleming Fletcher Forrester Franklin Gallagher Garrison Gibson Gilmore Goldstein Gonzalez Goodman Grantham Griffith Gutierrez Hamilton
Hancock Harrington Hawthorne Henderson Hernandez Hoffman Holloway Hopkins Huntington Hutchinson Ingram Iverson Jackson Jefferson
Johansson Kaufman Kendrick Kimball Kowalski Lancaster Langley Lawson Lindholm Livingston Lombardi Lockhart MacDonald Madison Maldonado
Marchetti Marshall Mathews McAllister McKenzie Mendoza Merriweather Middleton Montgomery Morrison Murdock Nakamura Nicholson Novak
Oakley Olsen Ortega Osborne Palmer Patterson Pemberton Peterson Pickering Prescott Quinlan Radcliffe Ramirez Redmond Reynolds Richmond
Robertson Rodriguez Rosenberg Rutherford Sandoval Schneider Shepherd Sinclair Solomon Spencer Stafford Stewart Strickland Sullivan
Sutherland Thompson Thornton Tremblay Underwood Valentine Vaughan Velasquez Wainwright Wallace Washburn Whitaker Whitfield Wilkinson
Winchester Woodward Yamamoto Zimmerman`.split(/\s+/)

/** A name that belongs to nobody in particular: rrad's addresses are deliberately without people. */
export function inventName(random: SeededRandom): string {
  return `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`
}
