import { Router } from 'express';
import { known } from '../z_control';

export const router = Router();
router.get('/start', (req, res) => res.json(known()));
