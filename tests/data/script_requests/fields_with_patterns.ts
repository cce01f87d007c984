import { Body, Controller, Post } from "@nestjs/common";
import { IsString, Matches } from "class-validator";
import { exec } from "child_process";

class Made {
  @IsString()
  @Matches("^[a-zA-Z0-9_-]*$", undefined, { message: "letters, numbers, underscores, hyphens" })
  id: string;

  @Matches(/^[a-z]+$/)
  kind: string;

  @Matches(/[a-z]+/)
  loose: string;

  name: string;
}

@Controller("things")
export class Things {
  @Post()
  make(@Body() made: Made) {
    exec(made.id);
    exec(made.kind);
    exec(made.loose); // $ alert
    exec(made.name); // $ alert
  }
}
