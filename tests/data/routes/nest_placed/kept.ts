import { Get, Version } from "@nestjs/common";

export abstract class Kept {
  @Version("9")
  @Get("kept")
  kept() {
    return [];
  }
}
