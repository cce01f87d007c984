const router = require('express').Router();
router.get('/two', (req, res) => res.json([]));
module.exports = router;
