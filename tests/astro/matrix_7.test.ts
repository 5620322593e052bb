// The journeys of people, on Astro 7.
import { describeMatrix } from './matrix.js';

describeMatrix('7');
