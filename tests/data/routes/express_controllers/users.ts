import { Request, Response } from "express";
import Controller from "./controller";

export class UserController extends Controller {
  constructor(config: unknown) {
    super(config);
    this.get("/", this.list);
    this.route({ method: "post", path: "/", permission: "ADMIN", handler: this.create });
    this.route({ method: "delete", path: "/:id", permission: "ADMIN", handler: this.remove });
  }

  async list(req: Request, res: Response) {
    res.json([]);
  }

  async create(req: Request, res: Response) {
    res.status(201).end();
  }

  async remove(req: Request, res: Response) {
    res.status(204).end();
  }
}
