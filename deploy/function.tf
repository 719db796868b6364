# The bot as a cloud function in Yandex Cloud; docs/function.md tells the same step by step.
#
#   python -m deploy.function_zip
#   cd deploy && terraform init && terraform apply
#
# Then have Telegram deliver to the gateway: the command is in the output `set_webhook`.

terraform {
  required_version = ">= 1.5"
  required_providers {
    yandex = {
      source = "yandex-cloud/yandex"
    }
    random = {
      source = "hashicorp/random"
    }
  }
}

variable "folder_id" {
  type        = string
  description = "The folder of the cloud in which all of this is made"
}

variable "token" {
  type        = string
  sensitive   = true
  description = "The bot's token from @BotFather"
}

variable "settings" {
  type        = map(string)
  sensitive   = true
  default     = {}
  description = "Further settings: OPENROUTER_API_KEY, OWNER_ID, TIMEZONE and the like"
}

provider "yandex" {
  folder_id = var.folder_id
}

resource "random_password" "webhook" {
  length  = 48
  special = false
}

resource "random_id" "bucket" {
  byte_length = 6
}

resource "yandex_iam_service_account" "bot" {
  name = "notes-bot"
}

resource "yandex_resourcemanager_folder_iam_member" "bot" {
  for_each  = toset(["storage.editor", "functions.functionInvoker"])
  folder_id = var.folder_id
  role      = each.key
  member    = "serviceAccount:${yandex_iam_service_account.bot.id}"
}

resource "yandex_iam_service_account_static_access_key" "bot" {
  service_account_id = yandex_iam_service_account.bot.id
}

resource "yandex_storage_bucket" "database" {
  bucket     = "notes-bot-${random_id.bucket.hex}"
  folder_id  = var.folder_id
  depends_on = [yandex_resourcemanager_folder_iam_member.bot]

  # Each saving is a new version: a week of them is a copy for every minute of it.
  versioning {
    enabled = true
  }
  lifecycle_rule {
    id      = "older versions"
    enabled = true
    noncurrent_version_expiration {
      days = 7
    }
  }
  lifecycle {
    prevent_destroy = true
  }
}

resource "yandex_function" "bot" {
  name               = "notes-bot"
  runtime            = "python312"
  entrypoint         = "function.handler"
  memory             = 256
  execution_timeout  = "300"
  concurrency        = 1
  service_account_id = yandex_iam_service_account.bot.id
  user_hash          = filesha256("${path.module}/../function.zip")

  content {
    zip_filename = "${path.module}/../function.zip"
  }

  environment = merge(var.settings, {
    TOKEN                 = var.token
    WEBHOOK_SECRET        = random_password.webhook.result
    BUCKET                = yandex_storage_bucket.database.bucket
    AWS_ACCESS_KEY_ID     = yandex_iam_service_account_static_access_key.bot.access_key
    AWS_SECRET_ACCESS_KEY = yandex_iam_service_account_static_access_key.bot.secret_key
  })
}

resource "yandex_api_gateway" "telegram" {
  name              = "notes-bot"
  execution_timeout = "300"
  spec = yamlencode({
    openapi = "3.0.0"
    info    = { title = "notes-bot", version = "1.0.0" }
    paths = {
      "/telegram" = {
        post = {
          "x-yc-apigateway-integration" = {
            type               = "cloud_functions"
            function_id        = yandex_function.bot.id
            service_account_id = yandex_iam_service_account.bot.id
          }
          responses = { "200" = { description = "stored" } }
        }
      }
    }
  })
}

resource "yandex_function_trigger" "minute" {
  name = "notes-bot-minute"

  timer {
    cron_expression = "* * * * ? *"
  }
  function {
    id                 = yandex_function.bot.id
    service_account_id = yandex_iam_service_account.bot.id
  }
}

output "set_webhook" {
  sensitive = true
  value = join(" ", [
    "curl https://api.telegram.org/bot${var.token}/setWebhook",
    "-d url=https://${yandex_api_gateway.telegram.domain}/telegram",
    "-d secret_token=${random_password.webhook.result}",
    "-d allowed_updates='[\"message\",\"edited_message\",\"callback_query\",\"inline_query\"]'",
  ])
}
