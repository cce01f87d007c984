import { Router } from 'express';

const router = Router();
router.get('/unused', (req, res) => res.json([]));
export default router;
