# Attaches a deployed authorizer to APIs that Terraform creates. Copy the parts that your API needs.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "rest_api_id" {
  type = string
}

# The resource of the REST API that pages call.
variable "rest_resource_id" {
  type = string
}

variable "http_api_id" {
  type = string
}

variable "web_socket_api_id" {
  type = string
}

data "aws_region" "here" {}
data "aws_partition" "here" {}
data "aws_caller_identity" "me" {}

data "aws_ssm_parameter" "authorizer_function_arn" {
  name = "/RevocableAuthorizer/authorizer-function-arn"
}

locals {
  function_arn   = nonsensitive(data.aws_ssm_parameter.authorizer_function_arn.value)
  invocation_uri = "arn:${data.aws_partition.here.partition}:apigateway:${data.aws_region.here.id}:lambda:path/2015-03-31/functions/${local.function_arn}/invocations"
  execute_api    = "arn:${data.aws_partition.here.partition}:execute-api:${data.aws_region.here.id}:${data.aws_caller_identity.me.account_id}"
}

# REST API: use it in aws_api_gateway_method with authorization = "CUSTOM".
resource "aws_api_gateway_authorizer" "rest" {
  name                             = "revocable"
  rest_api_id                      = var.rest_api_id
  type                             = "TOKEN"
  authorizer_uri                   = local.invocation_uri
  identity_source                  = "method.request.header.Authorization"
  identity_validation_expression   = "^[Bb][Ee][Aa][Rr][Ee][Rr] +[A-Za-z0-9._~+/-]+=*$"
  # Keep 0 if the authorizer has a route table: its response is about the requested route alone.
  authorizer_result_ttl_in_seconds = 0
}

# A page can read the status and the body of these, and the words are those of addDenialResponses().
resource "aws_api_gateway_gateway_response" "unauthorized" {
  rest_api_id   = var.rest_api_id
  response_type = "UNAUTHORIZED"
  status_code   = "401"

  response_parameters = {
    "gatewayresponse.header.Access-Control-Allow-Origin"   = "'https://app.example.com'"
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'WWW-Authenticate'"
    "gatewayresponse.header.WWW-Authenticate"              = "'Bearer error=\"invalid_token\", error_description=\"The security token included in the request is invalid.\"'"
  }

  response_templates = {
    "application/json" = "{\"message\":\"The security token included in the request is invalid.\",\"error\":\"invalid_token\",\"requestId\":\"$context.requestId\"}"
  }
}

resource "aws_api_gateway_gateway_response" "access_denied" {
  rest_api_id   = var.rest_api_id
  response_type = "ACCESS_DENIED"
  status_code   = "403"

  response_parameters = {
    "gatewayresponse.header.Access-Control-Allow-Origin"   = "'https://app.example.com'"
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'WWW-Authenticate'"
    "gatewayresponse.header.WWW-Authenticate"              = "'Bearer error=\"insufficient_scope\", error_description=\"The security token included in the request is invalid.\"'"
  }

  response_templates = {
    "application/json" = "{\"message\":\"The security token included in the request is invalid.\",\"error\":\"insufficient_scope\",\"requestId\":\"$context.requestId\"}"
  }
}

resource "aws_api_gateway_gateway_response" "fault" {
  for_each = toset(["AUTHORIZER_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR"])

  rest_api_id   = var.rest_api_id
  response_type = each.key
  status_code   = "500"

  response_parameters = {
    "gatewayresponse.header.Access-Control-Allow-Origin" = "'https://app.example.com'"
  }

  response_templates = {
    "application/json" = "{\"message\":\"The request could not be authorized because of a fault on the server. Try again later; the security token was not refused.\",\"error\":\"server_error\",\"requestId\":\"$context.requestId\"}"
  }
}

# Every other error of API Gateway, such as throttling.
resource "aws_api_gateway_gateway_response" "other" {
  for_each = toset(["DEFAULT_4XX", "DEFAULT_5XX"])

  rest_api_id   = var.rest_api_id
  response_type = each.key

  response_parameters = {
    "gatewayresponse.header.Access-Control-Allow-Origin" = "'https://app.example.com'"
  }
}

# The preflight requests of a page have no token, so they get no authorizer, and ask for the header Authorization. Repeat
# this for each resource. The integrations of the other methods add Access-Control-Allow-Origin themselves.
resource "aws_api_gateway_method" "preflight" {
  rest_api_id   = var.rest_api_id
  resource_id   = var.rest_resource_id
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "preflight" {
  rest_api_id       = var.rest_api_id
  resource_id       = var.rest_resource_id
  http_method       = aws_api_gateway_method.preflight.http_method
  type              = "MOCK"
  request_templates = { "application/json" = "{\"statusCode\":204}" }
}

resource "aws_api_gateway_method_response" "preflight" {
  rest_api_id = var.rest_api_id
  resource_id = var.rest_resource_id
  http_method = aws_api_gateway_method.preflight.http_method
  status_code = "204"

  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"  = true
    "method.response.header.Access-Control-Allow-Headers" = true
    "method.response.header.Access-Control-Allow-Methods" = true
  }
}

resource "aws_api_gateway_integration_response" "preflight" {
  rest_api_id = var.rest_api_id
  resource_id = var.rest_resource_id
  http_method = aws_api_gateway_method.preflight.http_method
  status_code = aws_api_gateway_method_response.preflight.status_code
  depends_on  = [aws_api_gateway_integration.preflight]

  response_parameters = {
    "method.response.header.Access-Control-Allow-Origin"  = "'https://app.example.com'"
    "method.response.header.Access-Control-Allow-Headers" = "'Authorization'"
    "method.response.header.Access-Control-Allow-Methods" = "'GET,OPTIONS'"
  }
}

# A stage serves its last deployment: without a new one, no change of the above reaches callers. Use this deployment in
# aws_api_gateway_stage, and add your methods and integrations to the triggers.
resource "aws_api_gateway_deployment" "rest" {
  rest_api_id = var.rest_api_id

  triggers = {
    redeployment = sha1(jsonencode([
      aws_api_gateway_authorizer.rest,
      aws_api_gateway_gateway_response.unauthorized,
      aws_api_gateway_gateway_response.access_denied,
      aws_api_gateway_gateway_response.fault,
      aws_api_gateway_gateway_response.other,
      aws_api_gateway_integration_response.preflight,
    ]))
  }

  lifecycle {
    create_before_destroy = true
  }
}

# HTTP API: use it in aws_apigatewayv2_route with authorization_type = "CUSTOM". For pages, aws_apigatewayv2_api needs
# cors_configuration { allow_origins = ["https://app.example.com"], allow_headers = ["authorization"], allow_methods = ["GET"] }
resource "aws_apigatewayv2_authorizer" "http" {
  name                              = "revocable"
  api_id                            = var.http_api_id
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = local.invocation_uri
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = true
  identity_sources                  = ["$request.header.Authorization"]
  # Keep 0 if the authorizer has a route table.
  authorizer_result_ttl_in_seconds = 0
}

# WebSocket API: use it in the aws_apigatewayv2_route "$connect" with authorization_type = "CUSTOM".
resource "aws_apigatewayv2_authorizer" "web_socket" {
  name             = "revocable"
  api_id           = var.web_socket_api_id
  authorizer_type  = "REQUEST"
  authorizer_uri   = local.invocation_uri
  identity_sources = ["route.request.header.Authorization"]
}

resource "aws_lambda_permission" "authorizer" {
  for_each = {
    rest       = "${var.rest_api_id}/authorizers/${aws_api_gateway_authorizer.rest.id}"
    http       = "${var.http_api_id}/authorizers/${aws_apigatewayv2_authorizer.http.id}"
    web_socket = "${var.web_socket_api_id}/authorizers/${aws_apigatewayv2_authorizer.web_socket.id}"
  }

  action        = "lambda:InvokeFunction"
  function_name = local.function_arn
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${local.execute_api}:${each.value}"
}
