import { Router } from 'express';

const router = Router();
router.get('/shops', (req, res) => res.json([]));
export default router;
