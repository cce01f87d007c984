const router = require('express').Router();
router.get('/first', (req, res) => res.json([]));
module.exports = router;
