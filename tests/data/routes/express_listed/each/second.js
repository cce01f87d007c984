const router = require('express').Router();
router.get('/second', (req, res) => res.json([]));
module.exports = router;
