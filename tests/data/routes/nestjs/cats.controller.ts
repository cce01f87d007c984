import { Body, Controller, Delete, Get, Post, UseGuards } from "@nestjs/common";
import { JwtGuard, Public, RolesGuard, SignUpsGuard } from "./guards";

class CreateCat {
  name: string;
}

@Controller("cats")
export class CatsController {
  @Public()
  @Get()
  list() {
    return [];
  }

  @Post()
  create(@Body() cat: CreateCat) {
    return cat;
  }

  @UseGuards(RolesGuard)
  @Delete(":id")
  remove() {
    return {};
  }
}

@Controller()
@UseGuards(JwtGuard)
export class StatusController {
  @Get(["status", "state"])
  status() {
    return "ok";
  }
}

@Controller("members")
export class MembersController {
  @Public()
  @UseGuards(SignUpsGuard)
  @Post()
  join(@Body() cat: CreateCat) {
    return cat;
  }
}
