// Domains at which anybody can have a mailbox. They are the well-known ones; this is no register of
// all there are. Whatever is below one of them counts as well.

#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace gatehouse::orgs {

// clang-format off

// Mail providers and providers of Internet access.
inline constexpr auto mail_providers = std::to_array<std::string_view>({
    "126.com", "139.com", "163.com", "188.com", "21cn.com", "abv.bg", "addy.io", "aim.com",
    "aleeas.com", "alice.it", "aliyun.com", "ameritech.net", "anonaddy.com", "aol.co.uk", "aol.com",
    "aol.de", "aol.fr", "aol.it", "aon.at", "arcor.de", "atlas.cz", "att.net", "azet.sk", "bbox.fr",
    "bell.net", "bellsouth.net", "biglobe.ne.jp", "bigmir.net", "bigpond.com", "bigpond.net.au",
    "bk.ru", "bluemail.ch", "bluewin.ch", "blueyonder.co.uk", "bol.com.br", "bredband.net",
    "btinternet.com", "btopenworld.com", "centrum.cz", "centrum.sk", "centurylink.net",
    "charter.net", "chello.at", "chello.nl", "citromail.hu", "clix.pt", "club-internet.fr",
    "cogeco.ca", "comcast.net", "comhem.se", "consultant.com", "cox.net", "ctemplar.com",
    "daum.net", "disroot.org", "docomo.ne.jp", "duck.com", "duckduckgo.com", "earthlink.net",
    "eircom.net", "email.com", "email.cz", "email.de", "email.it", "embarqmail.com", "europe.com",
    "excite.co.jp", "ezweb.ne.jp", "fastmail.com", "fastmail.fm", "fastmail.jp", "fastmail.net",
    "fastmail.org", "fastwebnet.it", "foxmail.com", "free.fr", "freemail.hu", "freenet.de",
    "frontiernet.net", "globo.com", "globomail.com", "gmail.com", "gmx.at", "gmx.ch", "gmx.co.uk",
    "gmx.com", "gmx.de", "gmx.es", "gmx.fr", "gmx.it", "gmx.li", "gmx.net", "gmx.us",
    "googlemail.com", "hanmail.com", "hanmail.net", "hetnet.nl", "hey.com", "hot.ee", "hotmail.at",
    "hotmail.be", "hotmail.ca", "hotmail.ch", "hotmail.co.jp", "hotmail.co.uk", "hotmail.com",
    "hotmail.com.ar", "hotmail.com.br", "hotmail.com.tr", "hotmail.de", "hotmail.dk", "hotmail.es",
    "hotmail.fr", "hotmail.it", "hotmail.nl", "hotmail.no", "hotmail.se", "hushmail.com",
    "hushmail.me", "i.softbank.jp", "i.ua", "icloud.com", "icloud.com.cn", "ig.com.br",
    "iinet.net.au", "inbox.lt", "inbox.lv", "inbox.ru", "indiatimes.com", "infoseek.jp",
    "interia.pl", "internet.ru", "internode.on.net", "inwind.it", "iol.it", "iol.pt", "juno.com",
    "keemail.me", "kpnmail.nl", "kpnplanet.nl", "laposte.net", "libero.it", "list.ru", "live.at",
    "live.be", "live.ca", "live.cn", "live.co.uk", "live.com", "live.com.ar", "live.com.au",
    "live.com.mx", "live.de", "live.dk", "live.fr", "live.it", "live.jp", "live.nl", "live.no",
    "live.se", "luukku.com", "mac.com", "mail.com", "mail.de", "mail.dk", "mail.ee", "mail.ru",
    "mail.ua", "mailbox.de", "mailbox.org", "mailfence.com", "me.com", "messagingengine.com",
    "meta.ua", "mindspring.com", "mozmail.com", "msn.com", "mts.net", "myyahoo.com", "naver.com",
    "netscape.net", "netzero.net", "neuf.fr", "nifty.com", "ntlworld.com", "numericable.fr",
    "o2.pl", "onet.pl", "ono.com", "op.pl", "optonline.net", "optusnet.com.au", "orange.fr",
    "outlook.com", "outlook.com.au", "outlook.com.br", "outlook.de", "outlook.es", "outlook.fr",
    "outlook.ie", "outlook.in", "outlook.it", "outlook.jp", "outlook.kr", "outlook.sa",
    "ozemail.com.au", "pacbell.net", "passinbox.com", "passmail.net", "peoplepc.com", "planet.nl",
    "plusnet.com", "pm.me", "post.com", "post.cz", "posteo.at", "posteo.ch", "posteo.de",
    "posteo.net", "privaterelay.appleid.com", "prodigy.net", "proton.me", "protonmail.ch",
    "protonmail.com", "protonmail.de", "qq.com", "r7.com", "rambler.ru", "rediffmail.com",
    "riseup.net", "roadrunner.com", "rocketmail.com", "rr.com", "runbox.com", "sapo.pt",
    "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca", "sify.com", "simplelogin.com", "sina.cn",
    "sina.com", "skiff.com", "sky.com", "skynet.be", "slmail.me", "snet.net", "softbank.ne.jp",
    "sohu.com", "spray.se", "startmail.com", "suddenlink.net", "suomi24.fi", "swbell.net",
    "sympatico.ca", "t-online.de", "talktalk.net", "teletu.it", "terra.com", "terra.com.br",
    "terra.es", "tin.it", "tiscali.co.uk", "tiscali.it", "tpg.com.au", "tuta.com", "tuta.de",
    "tuta.io", "tutamail.com", "tutanota.com", "ukr.net", "uol.com.br", "usa.com", "verizon.net",
    "videotron.ca", "vip.163.com", "vip.qq.com", "virgilio.it", "virgin.net", "virginmedia.com",
    "volny.cz", "wanadoo.fr", "web.de", "westnet.com.au", "windowslive.com", "windstream.net",
    "wp.pl", "xs4all.nl", "xtra.co.nz", "ya.ru", "yahoo.ca", "yahoo.cn", "yahoo.co.id",
    "yahoo.co.in", "yahoo.co.jp", "yahoo.co.kr", "yahoo.co.nz", "yahoo.co.uk", "yahoo.co.za",
    "yahoo.com", "yahoo.com.ar", "yahoo.com.au", "yahoo.com.br", "yahoo.com.cn", "yahoo.com.hk",
    "yahoo.com.mx", "yahoo.com.ph", "yahoo.com.sg", "yahoo.com.tr", "yahoo.com.tw", "yahoo.com.vn",
    "yahoo.cz", "yahoo.de", "yahoo.dk", "yahoo.es", "yahoo.fr", "yahoo.gr", "yahoo.ie", "yahoo.in",
    "yahoo.it", "yahoo.no", "yahoo.pl", "yahoo.ro", "yahoo.se", "yandex.by", "yandex.com",
    "yandex.kz", "yandex.ru", "yandex.ua", "yeah.net", "ymail.com", "ziggo.nl", "zipmail.com.br",
    "zoho.com", "zoho.eu", "zohomail.com", "zohomail.eu", "zohomail.in", "zoznam.sk",
});

// Mailboxes to be thrown away.
inline constexpr auto disposable_providers = std::to_array<std::string_view>({
    "0-mail.com", "10mail.org", "10minutemail.co.uk", "10minutemail.com", "10minutemail.de",
    "10minutemail.net", "10minutesmail.com", "1secmail.com", "1secmail.net", "1secmail.org",
    "20minutemail.com", "33mail.com", "anonbox.net", "armyspy.com", "burnermail.io", "byom.de",
    "cuvox.de", "dayrep.com", "deadaddress.com", "discard.email", "disposablemail.com",
    "dispostable.com", "dropmail.click", "dropmail.me", "einrot.com", "emailfake.com",
    "emailondeck.com", "emailtemporanea.com", "fakeinbox.com", "fakemail.net",
    "fakemailgenerator.com", "filzmail.com", "fleckens.hu", "generator.email", "getairmail.com",
    "getnada.com", "grr.la", "guerrillamail.biz", "guerrillamail.com", "guerrillamail.de",
    "guerrillamail.info", "guerrillamail.net", "guerrillamail.org", "guerrillamailblock.com",
    "gustr.com", "harakirimail.com", "inboxbear.com", "inboxkitten.com", "incognitomail.com",
    "jetable.org", "jourrapide.com", "linshiyouxiang.net", "luxusmail.org", "mail-temp.com",
    "mail.gw", "mail.tm", "mail7.io", "mailbox.in.ua", "mailcatch.com", "maildrop.cc",
    "maileater.com", "mailexpire.com", "mailforspam.com", "mailinator.com", "mailmoat.com",
    "mailnesia.com", "mailnull.com", "mailpoof.com", "mailsac.com", "mailtemp.info",
    "mailtothis.com", "mailtrash.net", "meltmail.com", "mintemail.com", "minuteinbox.com",
    "moakt.com", "mohmal.com", "mt2015.com", "mytemp.email", "mytrashmail.com", "nada.email",
    "nospam.ze.tc", "nowmymail.com", "onetimemail.org", "onewaymail.com", "pokemail.net",
    "quickinbox.com", "rcpt.at", "rhyta.com", "rmqkr.net", "safetymail.info", "sharklasers.com",
    "smailpro.com", "sogetthis.com", "spam4.me", "spambog.com", "spambox.us", "spamex.com",
    "spamfree24.org", "spamgourmet.com", "spamhole.com", "superrito.com", "teleworm.us",
    "temp-mail.io", "temp-mail.org", "temp-mail.ru", "tempail.com", "tempinbox.com", "tempmail.dev",
    "tempmail.net", "tempmail.plus", "tempmailaddress.com", "tempmailer.com", "tempmailo.com",
    "tempomail.fr", "temporary-mail.net", "tempr.email", "thankyou2010.com", "throwam.com",
    "throwawaymail.com", "tmail.ws", "tmpmail.net", "tmpmail.org", "trash-mail.com",
    "trashmail.com", "trashmail.de", "trashmail.io", "trashmail.me", "trashmail.net",
    "trashmail.ws", "trbvm.com", "wegwerfemail.de", "wegwerfmail.de", "wegwerfmail.net",
    "wegwerfmail.org", "yopmail.com", "yopmail.fr", "yopmail.net", "zetmail.com",
});

// clang-format on

static_assert(std::ranges::is_sorted(mail_providers));
static_assert(std::ranges::is_sorted(disposable_providers));

}  // namespace gatehouse::orgs
