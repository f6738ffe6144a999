data "archive_file" "api" {
  type        = "zip"
  source_dir  = "${path.module}/build/api"
  output_path = "${path.module}/build/api.zip"
}

resource "aws_lambda_function" "api" {
  function_name    = "api"
  role             = var.role
  runtime          = "nodejs22.x"
  handler          = "handler.handler"
  filename         = data.archive_file.api.output_path
  source_code_hash = data.archive_file.api.output_base64sha256
}

variable "role" {
  type = string
}
