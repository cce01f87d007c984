import { counter } from './server';

export const known = () => [counter];
