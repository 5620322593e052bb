// TestKeys: a source of signing keys that costs nothing. Its RSA keys are the four below, in turn,
// and known to everyone; keys of other kinds are quick to make and fresh.

#pragma once

#include <array>
#include <atomic>
#include <string_view>

#include "server/encoding/base64.h"
#include "server/keys/key_source.h"

namespace gatehouse::world {

inline constexpr std::array<std::string_view, 4> test_rsa_keys = {
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCvqyH0SOotrFsxbaHXVesPfiAnmSHgGy9qzh+wB7"
    "7dYaaCKkPeYL2tyk0zHiX7J0INLNpRcmVEGasSwcS+XztFR3THdU3C45Yo0TDec7SsOZFOt0xNQMOvMQJ6h1QBUmPk"
    "N8Ko/Dl/JXVVp96wY5Ock/6tTkWYru/7w3GT4gRcTA3X8hgzBTUna+BfYZzz9W9Y2pmbeNcJ7UXn8C2SxzZaYA0v2d"
    "IeNs0ib0y7BUGScd9v1giyPXP4AhUEH6hCC9Pxn2aTF6uyiQkbOO7lR70Nz5PCve0r3V+bXtWo1aEpx/QHBKO5id6w"
    "cYL7RecM2/+157RuitBNiTTOpdgz7CWhAgMBAAECggEATDQrCwr0VzLM7nC2A7EYQoS+kx7pJIv2clkPQu/hOqzJK+"
    "8EuPtzXOgEvDeIV15s10VNQYaj6jpOTVk0LTcngYKhZIL85B2Q/ozcq6s6xXlFkQWPunVtTdqvThLVfKtOfOo5bc/Y"
    "a1EHCMzFG/ReTM6gbHKnWzgMD8V1SCcEKDr3loxCIPGUvsCSGcyZCIQSEIVwisI+wYJlmrYxFLCdB9Cr1A4E8+i3u0"
    "jObXhPezaFJ3PVaj7h2F8QIZJjUA0qeqSyxq8RuOAqqyPSNwqRkaSmNumSJwhqKOLCK1WGvPiEyeZnaEjvVA8/wuGy"
    "vHQrsLgtG9Sq6S7qTBhYzxiWjwKBgQDeZKml9MrkyVoDM9d1xEH6YNlrWIhuhgRsj8gUUwHSm5XXjQZnAD09VoDBsL"
    "7pBTn+wK92eUk+BGgjQKfZhJiXlBOmg7TfhxeQx9L8FmpFfffXGZO6ptFPN1vn8dv02vOkD5oXLBWUQmGQOZGEcrwu"
    "CeN1t121w37oJIBiZLBmiwKBgQDKNumDJcvK7GCxU8Q54Q6n9jQhAA7xc9I8snQSyzUi6EgoSyJ4jFzAhpO4MR56V3"
    "gRsCw9qIiMo0jTQ2g0E0iOvzWpRlIYODsgRlZDdvVXkz6akX5KvKxZ24lWUmZRqpSrSeb93KSuX50O+xZvxkw/QGJd"
    "LbCAxpk+yKO5s4EWAwKBgQCWgeeyUd3yQjaxzib2I5FHYr4iAPOsYPSjiBcvchHct8EL9PwtPyMy3NUcwIIjb48VUt"
    "AszN59ozvbB8nQ0wT2KJe37JC/akzPhfzK8FyRlTPjFgM9oeIry1peufdTWc7j7E8reYFNKjOfCObrjT6/pZ+Trjo0"
    "Zg8ACpv8ewpLCwKBgHSPnKD1W3iYMtBkubqnSTx2RewzzWlO2wQT1aazreh2PonDbZZRSnHL4UCOR8Q7wUFo7MeJ61"
    "QuFx94PouuBegKvhLaLx4445QiFz2CR7/4Z2DPtx27jhmp24t/qe0vR81Ipzb0RZUiFjV5dKBvjKn1If4WBSTl1ZYE"
    "L6QunZ0jAoGANuMkjecao+6ZWRmMYzd9ydZJW6xzIETKL9zI64UeeZ2t7bT2PEAN5yTqIwz0IvswMMkCVNK9qPV0YV"
    "1DHafsfztqD4lMjgjci3sfFT99cEDeXVJVyhmK9WKin4joEpkceHMUImYCEDxaTKMMwaH+Mr1YHcx6HVBtJx+50w7/"
    "yv8=",
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCvY5YKLGvaRPPu6rAecrmpzyVReT50zg4ym5ZtdS"
    "YbYsIgrFiiK3i8cyKXCvo2/hLs6Ap+gCzTJhVcrqwSQc5jOZ11Vm6TURcw3OLAAFIWpnQdHFNHOwmueTypSV590ToP"
    "E8zTlYN0u7n+x96LhDoX9bUU/pi026g6Hn2WCDjfDxXAyow4FSdpackKZn+4pO/T/zsYgbF4026UWnQREeDFprab1u"
    "41r6z/D10ZqpWoK+vaXJz66VMC1rdpEJ0pOUVdgfqreAkNptBH1yyMxhNVO/FukfCrRgOSUjK1W5pSO0pA3Nczl8mO"
    "fxsm89DwQvOruIPytr2syeUhFqARWSurAgMBAAECggEAG10tPp8ZoK9bY65IFigOIZlJGEITZYP0oR63RJKfhGxPH2"
    "vkVED2EGjiP7Cdw1C2wTGe2YfD9pmdgZ1bCWos+jw1/eWjUOa4+I2t7wjdxdzohtYxhA6I/yi5NyxUSssHBO0w6t4L"
    "6X2UklS6uwfBTJWwT/s89hLDV3YEYBEeVmawuvUsrA65EiPxQKbHw6+LMCwhBfToXLVusGgCT4wL+wsKuKRWxaiuDU"
    "8IAPOJ1aCtwjFGY19W4OzQI8KyUC7bxNn5VINxgA5H5a3WrK35B7DvHAoPx9smy9BqUGHKfSPrx617kZB7sjhNP84U"
    "FEPTp52ZBgbYudRxfyTVOZ3c8QKBgQDnq2CaSc8Fg6qqJnL88pAnIZhHXJn+2F/zK/K5U0ou1glQN/zRoT2rZcLU6U"
    "lRhnKKlur3HT11WDOPRsBsryzuI0q76UnkfcIv05lkRSEL4l2I9ObrqeV4RB6f6JzyDM4SiJgJCv+rE0khX3f4tFqR"
    "oMy7GISSwkLl70vgMavGwwKBgQDBzxAsPEDYsZHemz5vaKL4bIRQsWqbRvM7+AxT4HJoLPqq346D+zwPOBRXhKPLQC"
    "F/b5Uvee6bfO2W1PQ6UbW3DM5DBw/StGbrNu7iB5Wp8fSyG9nxWojP1OsjnfLWQ+oHCJRw2IAnBrcaZjuttpCU1Lw/"
    "vGFrBKLnkfmCP0pI+QKBgQDIM46w5pXT4xvKHJ4EP64ZUuvgx4KA/AW3BESmqPaTkP3NaATAN8Iuays6iTuGC1TStW"
    "bqFEe3L3inGXJSufNu++qqhwkHPzJf2FFXmHHdbkp8f39LKrAWBXAdqoxulGhFFeuk7O9SrMDm6TSpJVqbPMWP7bkr"
    "hlr/j5MXdHVItwKBgQC4mlp1SA8cWEbxGj4mMCzLI9IEanl43ePhQyu62RcgU3eQOtCstilG9cuqcRTzDGrbz5TyW9"
    "oDEMPd34mh4yKK8Q+mmJthv6Qod3KiqUbNUUIaRJ0bX3jhPZWbn18m6BmKCYoa0p1+js7pvmcp17NvkBKfQvgnz4q7"
    "uDdI8K/5QQKBgFIykn1xAVwy9iaTag+E6YjSW6OjS377NlXyWPYgv22Rg3532guhuGVURZTUKneNbuaLaBrOUSCZY0"
    "dc4Vlpdu08dh/VFGRPoSPJfj+uw5UX2ZbHbo3V1kzeirQnRyGTDqdhI+5Bk10WnAne2xCq2QT0uFWBnpr8jTRcYrTP"
    "sJFj",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQClt58xluVuknvIw0WVImk9ydw9bGTzlQVYrLxd6M"
    "Ujik2QLjyCEtB5EeieVqEa1MU+gEzZf2X2NSSvqDgWWJJHVGGJsk1IMIZUw6qBTRbT0dQEziWHpdsvR4IVDv9tqIoN"
    "Fl08mGOJdOOV1JsbsrtFb9QELEVGMrpwVOzmj8D7mGpKLGcukqCN6DFlgKol8u2y0lQeb/WK2q/LhToccYsX9oD+bo"
    "6+GZnf4nI753i8Jb3vdzRsAehNOr6AEvAVzHQaVFwttmeNpmdHwB/v8ISR6Q/papLo8YEjHrcWeNCBgUNKSZK+k/6d"
    "J22KZ72XDUmqVixbAG7sQXZxADdsxFGLAgMBAAECggEAPMR4u9Z5i3JrsdLpUSatMNs0x9FXs3qR21J8QHN61u2AQ7"
    "6wsYH0sHDAvE9IBG7BZYnmpFrzKLWUHlWxO4B/I2jt23BmpnIk0DBv9bovBL2M4bY2TOek2FGAgfhd8fg7p1DsH6xB"
    "08XpLqgnuKBxy6SWOnGBdZxkgYyi0mkkex1xI53RTu86penOXD5Ylwa/WKvQSM6O/+Krg9fiQPTd6+2v2pn4F6mjAZ"
    "dKydFuN8EaFpcM05AeiXeuPz1cb2IDkfBIu/2Uic4lX2T0k/DkPx7DVl3efi4KpBtKSFKehLaddZHsOqcz99CotCs8"
    "Ezoc+REW6sHsbRcB1e6H/dO1AQKBgQDiNjIc7kRgDmjqpCqTcb7k972h7FbZ29byKd3etdVGd78ViNnNPIjisuUWCE"
    "PBhr/sN6nKek98tHYgdr5yB9Je93+X3+WV6xtpe9SCdaSP6HwoSws+qyx8ztaE9eGJt536EIl2sETJPaqSQIp0Sy5I"
    "iYqfSXcXwe3aobSELv3HVQKBgQC7ihpzXJfHmgnMULX+nV8WX0P7mxngjsils1feCJ9ZEfJEK4F3sD9NYjo+39LXfo"
    "YDO+F9QtvQkLDvQyfiIyC9qJXCz0hKkXhsGNlV+AXRYXfJZW7Ji7KD9yiugnTGXqBzXWD8OF8S9GcI6jS4GS9HfFd7"
    "YxUx2YByFa7rA4f1XwKBgA6mG9CrzVm7FSg8wVUTBJ2nPWyC9YzeI6lC9M87TzhlAMbQOeqEhQjJNPScTGb35u3RHP"
    "mzufoFZbDsf6C6yPDFbknTgfaXZwsJrdVU8PcwwvmJAo1oYFUkv9eUZKqabWyILZ62A35Us/sMmuq1A6ZG4ec2xrOP"
    "J2wFFL+Km3yRAoGAJDgSza7XPVxZghUgYPEhuR9i8MfOopjQ1Xeig6YkqD4YDOReF7B5OUe8OgJeJPIxjZRWAywTad"
    "9X3I2auUjRfO9/JOWFb6lSmYXfC4RgE0UArmuhjtkk++mS+MkHJnyF/mHNZki4y99ZutYIonlysRqphpHnOP5pmR7o"
    "7kh7TH8CgYEAz2Q9/XpPqTNDeBxS9axWMzct9bWY109ihCYn2WD0sWrTjG7fA0Kgv1erDFEBnx8pKlIqdvHXc/FFkd"
    "fxUPd5DyIgGRNO9F+UmV1jHz/GJbDgA4pFUTV9QNTYjv+ledVrwlTrF9c2PXQe2Dgh2QHb780B2kS73BxF+qe6F5rl"
    "GeY=",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCQoq41W/3o2L+fn3cm3x6dboBep+kZnEPFhGnjR0"
    "X041rwIl0rSLf09bxJLlUvbaUueviSMxIgnxRsMzjX7oV2dwKVp9WQ8VikTBtJjlaeDjXJ/6EL1pxzM4h6RzqHsmXN"
    "mUejz8qNVmLTrrHBMKx9iIlj13Fee9helo1U8Z4QxZr8S4/SRkxRFQWJ8EWdAMpcAHl7tutG5YzHblo5MkZMzNk+f4"
    "jB7fV2lTHv57IMFgZk3+0P/CVeLdJa+FtUFAjfb+bsnDUG1ySSNCek3RHmF/Y4jJKqI777SfB9UIfpmaYM25+57PL5"
    "h7ZzBeMlMpWelyzugcwlmJK2/Nd8hd+pAgMBAAECggEABYaxsUg6g1MEv0yQeOO9f7ZhITy5I0ldLYbJpO1sNtcY+m"
    "PVu3mjzbA16XXju1QtI4F/Tda1splhZmDuoxFx9/zEFIO9HTSbdmuR/1V46cERPQ6PUKx6fcxSQpnGGrkuOpTIr/GY"
    "g53xWLUsBX2emY1F8pKgukNxGOwXqk8xAuL7Nn1GQ9wFunsxbWSmnXLdq3Yb7ctSxCk4ScsStIwcvt9upUf/ft8qxF"
    "tbGMUA3O59mjToIXRdl79HaNokPvJmC9AER6Z6+5Ph9FUf1x3s9nm/tf2ALeiLnSVHQ46DhPBHmpsGoxeA9vg8sg3/"
    "NEWEe3XdRoo7LGGw/Zz36T03IQKBgQDLyqTLuV+e8h0sA6IDapp4vOwfCUTFER2oP+zS553Ef0dq1SUeaTdJNVTc23"
    "VfXMaQxcHqD0+kQ3pwMPYX7bVaGS6WkyviWNqPVPtmYRYwrMOksieGi3ZwIXZBfuOUReIuNG+rUWXKUYGtP/MQwKUu"
    "8dxKvC6LlkL++jesq2BP6wKBgQC1sF/w9yI4kMPsRrTnMj+PIl+pYioeFXm89mVCp5Rf9s56MrFxAVX+gGu8h8JPNy"
    "V86UnwW9FoJaczh+hjL7WvxnQDgGpUGuHYSMQwEHpmFxwRwZFmjqdtWVOkRqCSxn9jGmbrmpwCXxu+iX6noWlWN4gZ"
    "XOfu6Z90uoZxVsG9uwKBgE3EYcjAT6YG/GzcYgntt07VwUFCtzSAiJG4+zWsXz8p1uYEump1ejx8lorFUG/4pml+nb"
    "Yk655ihamkdXTCKE9ehrG9LaTthVHm+xyhdedTNkF2HrEwLR0zF758nnnphRtetTJqGG7xVYv4eFfvO9nDP+5hC14H"
    "FD/a2j4RE+rLAoGAfI6i5251fnP4bUX4BTvUiQsWq+fJWgB9CgedWfnK5ZMs8GdKcF9rFePyeDhWBLqYr667atV3lT"
    "+jBdfZgA4YL54MsM3blzcqt30DSrQxRUX4j0+1n6qSq4t+pPNqZ9U/RbC2+DRxWcrcGV7nfoJQ1bOSUVj5BDgTghHR"
    "02eXwLsCgYEAqJsQ96jeSBRR4tNS68CuIvAzHhmZ/6lZ1215UcbPN6F6HX1eBeFtxGPtkhE7bLQw42NK5tXrr6RPKb"
    "5f5wszxZ3xD9EGhMdrHd4IoeEw7iImxqL7rxuNjXcYs3eV0Imxds25y4z8w9+EEyGKJ65MhTk04B3nplY0QPunXYRp"
    "y4s="};

class TestKeys final : public keys::KeySource {
 public:
  crypto::SigningKey make(crypto::SigningKeyKind kind) override {
    if (kind != crypto::SigningKeyKind::rsa_2048) return crypto::SigningKey::generate(kind);
    const std::string_view text = test_rsa_keys[taken_.fetch_add(1) % test_rsa_keys.size()];
    return crypto::SigningKey::import_pkcs8(Secret(base64_decode(text).value())).value();
  }

 private:
  std::atomic<std::size_t> taken_ = 0;
};

}  // namespace gatehouse::world
