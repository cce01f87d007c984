// Read first: the circle record → z_control → server → routes → record begins at its end.
import { router } from './routes/record';

export const all = [router];
