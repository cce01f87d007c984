import { router as record } from './record';
import { router as shops } from './shops';

export { record, shops };
