#include "server/login/brand.h"

namespace gatehouse::login {

pages::Brand brand_of(const environments::Environment& environment) {
  pages::Brand brand;
  brand.product_name = environment.settings.product_name;
  if (!environment.settings.support_email.empty()) {
    brand.support_url = "mailto:" + environment.settings.support_email;
  }
  if (environment.is_development()) brand.mailbox_url = "/dev/mail";
  return brand;
}

}  // namespace gatehouse::login
