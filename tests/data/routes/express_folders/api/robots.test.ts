import { Router } from 'express';

const router = Router();
router.get('/tested', (req, res) => res.json([]));
export default router;
