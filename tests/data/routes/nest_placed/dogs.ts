import { Controller, Get, Module, Post, Version, VERSION_NEUTRAL } from "@nestjs/common";

export abstract class Listed {
  @Get()
  list() {
    return [];
  }
}

@Controller({ path: "dogs", version: ["2", "3"] })
export class DogsController extends Listed {
  @Version(VERSION_NEUTRAL)
  @Post()
  create() {
    return {};
  }
}

@Module({ controllers: [DogsController] })
export class DogsModule {}
