import { testComponents } from './components.js';

testComponents('7');
