import { describeToolbar } from './toolbar.js';

describeToolbar('7');
