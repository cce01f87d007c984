import { Request, Response } from "express";
import Controller from "./controller";

export class TeamController extends Controller {
  constructor(config: unknown) {
    super(config);
    this.get("/:id", this.show);
  }

  async show(req: Request, res: Response) {
    res.json({});
  }
}
