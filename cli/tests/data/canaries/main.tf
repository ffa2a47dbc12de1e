# CANARY
terraform {
  backend "s3" { secret_key = "CANARY" }
}
provider "aws" {
  region     = "eu-west-1"
  secret_key = "CANARY" // CANARY
}
variable "password" { default = "CANARY" }
variable "name" { default = "CANARY" }
locals {
  name  = "CANARY"
  token = "${var.password}-CANARY"
  pin   = NUMBER
  map   = { name = "CANARY", (var.name) = "CANARY" }
}
/* CANARY
   CANARY */
resource "aws_iam_role" "pods" {
  name               = "pods"
  description        = "CANARY" # CANARY
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Note    = "CANARY"
    Statement = [{
      Effect    = "Allow"
      Note      = "CANARY"
      Principal = { Service = "pods.eks.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:TagSessions"] # CANARY
    }]
  })
}
resource "aws_secretsmanager_secret_version" "v" {
  secret_id     = "shop/tf"
  secret_string = jsonencode({ name = "CANARY", password = "CANARY" })
}
resource "aws_ssm_parameter" "p" {
  name  = "/shop/tf"
  type  = "SecureString"
  value = "CANARY"
}
resource "helm_release" "h" {
  name   = "CANARY"
  values = [yamlencode({ name = "CANARY" }), <<EOT
password: CANARY
EOT
  ]
  set {
    name  = "CANARY"
    value = "CANARY"
  }
}
resource "aws_instance" "i" {
  user_data = <<-EOT
    export PASSWORD=CANARY
  EOT
  tags = { Name = "CANARY" }
}
module "m" {
  source = "git::https://u:CANARY@example.com/m.git"
  name   = "CANARY"
}
output "o" { value = "CANARY" }
