const router = require('express').Router();
router.get('/left', (req, res) => res.json([]));
module.exports = router;
