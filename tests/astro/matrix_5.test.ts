// The journeys of people, on Astro 5.
import { describeMatrix } from './matrix.js';

describeMatrix('5');
