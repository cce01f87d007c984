import { Router } from 'express';

const router = Router();
router.get('/robots', (req, res) => res.json([]));
export default router;
