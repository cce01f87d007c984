const express = require("express");

const router = express.Router();
const wrap = (handler) => (req, res, next) => Promise.resolve(handler(req, res, next)).catch(next);

async function list(req, res) {
  res.json([]);
}

class Items {
  show(req, res) {
    res.json(req.params.id);
  }
}
const controller = new Items();

router.route("/").get(wrap(list)).post(wrap(async (req, res) => res.json(req.body)));
router.get("/open", list);
router.get(["/:id", "/by-id/:id"], controller.show.bind(controller));

module.exports = router;
