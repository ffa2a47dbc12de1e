# CANARY
variable "password" {
  default   = "CANARY"
  sensitive = true
}
variable "unknown" {}
variable "choice" { type = string } // CANARY
locals {
  salted = substr(sha256("CANARY${var.unknown}"), 0, 8) /* CANARY */
  chosen = var.unknown == "CANARY" ? "CANARY" : lookup(var.choice, "CANARY", "CANARY")
  joined = join("-", [var.unknown, replace(var.choice, "CANARY", "CANARY")])
  parsed = jsondecode(var.unknown)["CANARY"]
  coded  = base64encode("${var.password}${var.unknown}")
  guess  = coalesce(var.unknown, var.password)
  first  = try(var.unknown.other, var.password)
  formed = format("%s", upper("CANARY${var.unknown}"))
}
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111122223333"]
}
resource "aws_iam_role" "a" {
  name = local.salted
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "pods.eks.amazonaws.com" }, Action = ["sts:AssumeRole", "sts:TagSession"], Condition = { StringEquals = { "aws:RequestTag/kubernetes-namespace" = local.chosen, (local.formed) = local.guess } } }]
  })
}
resource "aws_iam_role_policy" "a" {
  name = local.joined
  role = aws_iam_role.a.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = local.first, Effect = "Allow", Action = ["secretsmanager:GetSecretValue", local.formed], Resource = ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:${local.coded}", local.guess, local.parsed] },
      { Effect = "Deny", Action = local.guess, Resource = "*", Condition = { StringNotEquals = { "aws:ResourceTag/team" = [local.guess, local.first, "${local.coded}x"] } } },
    ]
  })
}
resource "aws_secretsmanager_secret" "a" {
  name        = "shop/${local.guess}"
  description = local.chosen
  kms_key_id  = local.first
  tags        = { team = local.guess, (local.formed) = local.chosen, kubernetes-namespace = local.coded }
}
resource "aws_secretsmanager_secret" "b" {
  name = local.chosen
}
resource "aws_ssm_parameter" "p" {
  name  = "/shop/${local.formed}"
  type  = local.guess
  value = local.coded
}
resource "aws_eks_cluster" "c" {
  name     = local.guess
  role_arn = local.first
  vpc_config { subnet_ids = [] }
}
resource "aws_eks_pod_identity_association" "a" {
  cluster_name    = aws_eks_cluster.c.name
  namespace       = local.chosen
  service_account = local.joined
  role_arn        = aws_iam_role.a.arn
}
resource "aws_eks_pod_identity_association" "b" {
  for_each        = toset([local.guess, "dev"])
  cluster_name    = "prod"
  namespace       = each.key
  service_account = "app"
  role_arn        = local.guess
}
resource "kubernetes_manifest" "class" {
  manifest = {
    apiVersion = "secrets-store.csi.x-k8s.io/v1"
    kind       = "SecretProviderClass"
    metadata   = { name = "app", namespace = "dev" }
    spec = { provider = "aws", parameters = { region = local.guess, objects = yamlencode([{ objectName = local.guess, objectType = local.chosen, objectAlias = local.first, jmesPath = [{ path = local.parsed, objectAlias = local.formed }] }]) } }
  }
}
resource "kubernetes_pod_v1" "p" {
  metadata {
    name      = "app"
    namespace = "dev"
  }
  spec {
    service_account_name = "app"
    container {
      name  = "a"
      image = "a"
    }
    volume {
      name = "s"
      csi {
        driver            = "secrets-store.csi.k8s.io"
        read_only         = true
        volume_attributes = { secretProviderClass = "app" }
      }
    }
  }
}
