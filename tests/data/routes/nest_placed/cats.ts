import { Controller } from "@nestjs/common";
import { Kept } from "./kept";

@Controller({ path: "cats", version: "4" })
export class CatsController extends Kept {}
