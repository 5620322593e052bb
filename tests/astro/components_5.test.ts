import { testComponents } from './components.js';

testComponents('5');
