import express from "express";
import { manager } from "./manager";

const router = express.Router();

router.post("/", manager.check, (req, res) => res.status(201).end());

export default router;
