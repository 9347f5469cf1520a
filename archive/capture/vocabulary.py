"""The words that pages label themselves with: share buttons, pagers, related links, sign-offs.

Each list is general to Chinese news pages and names no site. A line is matched as a whole or by its
beginning, never by a word somewhere in a sentence, so that an article about 分享 keeps its text.
To teach the reader a label, add it here, and a small capture that shows it to the tests. Most are
written in simplified characters alone: a page in traditional ones is looked up :func:`simplified`.

Invariant: no pattern backtracks beyond a fixed number of steps a character: repeated groups are
possessive, open stretches bounded.
"""

import re

from archive import folding
from archive.capture.clues import Clued

_EDGE = r"[\s:：·|｜>»+＋*\-—【】\[\]()（）!！.。…]*+"


def _begins(*words: str) -> re.Pattern[str]:
    return re.compile(f"{_EDGE}(?:{'|'.join(words)})", re.IGNORECASE)


def _made_of(*words: str) -> re.Pattern[str]:
    between = r"[\s:：·|｜()（）\[\]【】<>«»‹›+＋*,，/\-.…]*+"
    return re.compile(f"{between}(?:(?:{'|'.join(words)}){between})++$", re.IGNORECASE)


_SIMPLE = {
    ord(one): other
    for one, other in zip(folding.FOLDED_FROM, folding.FOLDED_TO, strict=True)
    if "\u4e00" <= one <= "\u9fff"
}


def simplified(text: str) -> str:
    """Return a text of the same length with traditional characters simplified, one by one."""
    return text.translate(_SIMPLE)


SHARE = _made_of(
    "分享(?:至好友.{0,10}|按钮|本文|文章|到|至|让|给)?",
    "(?:一键|点击)分享",
    "微信(?:好友|扫一扫|分享|朋友圈)?",
    "(?:新浪|腾讯)?微博",
    "人人网?",
    "QQ(?:空间|好友)?",
    "qzone|朋友圈|豆瓣|易信",
    "复制(?:链接|网址)?",
    "扫描到手机|手机(?:看新闻|查看|阅读)",
    "用?微信扫[码一描].{0,12}",
    "打开微信.{0,20}",
    r"扫[一码]?扫?.{0,14}(?:手机|二维码|阅读|打开|分享|关注)\S{0,10}",
    r"字[号体级]\s*[:：].*|(?:放大|缩小|调整)?字[体号级](?:大小|设定)?|放大|缩小|默认",
    "[超特]?[大中小][号字]?|标准",
    r"T\s*[+|]?\s*-?|A[+-]?",
    "收藏(?:本文|夹)?|打印(?:本[页稿]|文章)?|关闭(?:窗口|本页)?|保存到博客",
    "举报|纠错|点赞|赞|推荐|评论|参与|留言|投稿|订阅|关注|更多|网摘",
    "稍后阅读|阅读全文|语音播报|听新闻|播报|朗读|无障碍|繁体|简体",
    r"(?:视频|正在)?加载中|重播|倍速|全屏|静音|标清|超清|[超高]清\s*\d{3,4}P",
    r"\d++|[×xX✕]",
)
"""Share and tool buttons: the line is made of such words alone."""

PAGER = _made_of(
    "[上下]一?页|首页|尾页|末页",
    "余下全文|(?:全文|展开|阅读|剩余)(?:阅读|全文)",
    "点击(?:查看|阅读|展开)?(?:全文|更多|下一页)|查看(?:全文|更多)",
    r"[共第]\s*+\d++\s*+页",
    r"\d{1,2}+",
)
"""Links from page to page of one article."""

RELATED = _begins(
    "(?:相关|延伸|推荐|扩展|拓展|关联|更多|热门|最新|精彩|猜你|为[您你]|[你您]可能|大家都?|热点|今日|本周"
    "|图片|编辑|新闻|视频|精选|往期|近期|点击|24小时|阅读)的?"
    "(?:新闻|阅读|报道|链接|专题|文章|推荐|资讯|内容|喜欢|感兴趣|爱看|在看|导读|排行榜?|精选|热[点文]"
    "|回顾|要闻|视频|图片|关注|话题|猜|头条|下一篇|专栏)"
    r"(?:\s*[:：>»+＋]|\s*$|\s*(?:更多|查看|换一)|\s{2})",
    r"(?:延伸|相关|关联)\s*[·•]\s*(?:推荐|阅读|新闻)$|作者(?:的?其他|最新|更多|近期)的?文章$|相关搜索$",
)
"""A heading of links to other pages."""

NEIGHBOURS = _begins(r"[上下]一[篇条版](?:\s*[:：】]|\s*$|\s)")
"""Links to the pages before and behind this one."""

COMMENT = _begins(
    "网友(?:跟?评论|留言|跟?贴|热评)",
    r"(?:最新|热门|精彩|最热|全部|文明)?(?:评论|跟[贴帖])(?:\s*[\d(（:：|]|\s*$|区|列表|须知)",
    "我(?:要|来)(?:评论|说两句|留言|跟[帖贴]|反馈)",
    "发表(?:评论|看法|观点)|写评论|用户评论|热评论|参与讨论|进入讨论|说点什么",
    r"\d[\d,，]*+\s*[条人]\s*(?:评论|参与|跟[贴帖])|人参与|条(?:评论|跟[贴帖])|已有\d+|共有\d+条评论",
    r"发言请|请自觉遵守|文明上网|注册\s*[|｜]|登录\s*[|｜]|登录后|还可以?输入|已输入|表情$",
)
"""What readers say, and the form to say it in."""

FOOTER = _begins(
    "“(?:特别|免责|版权|郑重)声明[:：]|免责声明|(?:版权|特别|郑重|法律|责任|反侵权)(?:声明|公告)",
    "版权(?:所有|与免责)|反侵权|侵权必究",
    "著作权(?:声明|所有)|凡(?:本[网站]|注明|来源)|本[网站](?:所有|转载|部分|注明|站)",
    "Copyright|©|All Rights",
    "[未非]经.{0,12}(?:授权|许可|允许|同意).{0,20}(?:转载|复制|使用|摘编|镜像)",
    "关于(?:我们|本[站网])|联系我们|网站(?:地图|声明|简介|导航)|友情链接|广告服务|招聘英才",
    r"[京沪津渝粤浙苏鲁豫皖闽湘鄂赣川贵云晋冀辽吉黑陕甘青宁蒙新藏琼桂]\s*(?:ICP|公网安备)|ICP[备证]",
    "增值电信|互联网新闻信息服务|网络文化经营|信息网络传播视听|隐私(?:政策|保护)",
    "违法和?不良信息|举报(?:电话|邮箱)|客服(?:热线|电话|邮箱)|(?:本站)?常年法律顾问",
)
"""The foot of a page: rights, licences, addresses."""

CALL = Clued(
    "(?:扫[描码]|长按|识别).{0,12}二维码|扫一扫.{0,12}关注|关注.{0,16}(?:公众号|官方微[信博])"
    "|下载.{0,10}(?:客户端|APP).{0,12}(?:获|享|查看|了解|领|看|！|!)|点击.{0,8}(?:蓝字|下载|关注)",
    *("二维码", "关注", "下载", "蓝字"),
    flags=re.IGNORECASE,
)
"""What asks readers to follow, scan or download, anywhere in a paragraph."""

NOTE = _begins(
    "本文(?:来自|来源|转自|仅代表|首发|为.{2,12}原创|不代表|系|图片|由|经)|本[文稿]?(?:版权|内容)",
    "以上(?:内容|信息|文章)(?:仅|来自|由)|文章(?:来源|关键词|仅代表)|资料来源|原文链接",
    "正文已结束|声明[:：]|[该此]文观点|观点仅|仅代表作者|转载[请自需]|如需转载",
    r"关键[词字]\s*(?:[:：>]|\s{2})|标签\s*[:：]|TAGS?\s*[:：]|跟踪[:：]|来源[:：]?$",
    "(?:[图照]片|配图|文图)(?:均|皆|都)?(?:来自|源自|源于|来源于?)(?:互联)?网络?|如有侵权"
    "|更多(?:精彩|猛料|内容|资讯|新闻|详情)|欢迎(?:关注|扫|订阅|下载|投稿)|长按",
    "关注.{0,16}(?:公众号|微信|微博|客户端)|下载.{0,16}(?:客户端|APP)|.{2,8}客户端下载",
    "扫[描码]|扫一扫|点击(?:进入|这里|此处|查看|蓝字|上方|下方|关注|图片)|请(?:支持|关注|下载|扫)",
    r"(?:最后)?更新(?:时间)?\s*[:：]|阅读\s*[(（:：]?\d|浏览(?:次数|量)?[:：]?\s*\d|点击(?:次数|量|数)",
    "返回.{2,8}[首，,]|报料[:：热]|投稿(?:邮箱|电话)|新闻(?:热线|报料)|我要(?:反馈|纠错)",
    "(?:新闻)?(?:线索)?[报爆]料(?:通道|渠道|平台|方式)|据此(?:操作|交易|投资|入市)",
    r"风险提示\s*[:：]\s*(?:市场|投资|入市|本)|请同意我们的隐私权",
    r"(?:查看|阅读)原文|《[^》]{2,14}》\s*[(（]\s*\d{4}年",
)
"""A remark of the page on the article: keywords, disclaimers, calls to follow."""

ORIGINAL_TITLE = re.compile(r"[\s(（【\[]*(?:原标?题[为是]?|来源标题|原文标题)\s*[:：《]?")
"""The title under which another publisher had the article."""

EDITOR_LABEL = re.compile(
    "(?:责任编辑?|責任編輯|[责責][编編]|(?:值班|网络|本文|新媒体|本期|实习)?[编編][辑輯]|编审|值班主任)"
    r"[】\])）]?\s*[:：/丨|｜]?[\s\u3000]*"
)
"""What stands before an editor's name. 校对 and 监制 are other trades."""

OTHER_TRADES = re.compile(
    "(?:校对|总?监制?|审[核校签]|[终初复]审|统筹|策划|制作|签发|主编|来源|作者|记者|摄影|设计|出品|美编"
    r"|视觉|版式|排版|值班|(?:流程|图片|责任)?编辑|责编)\s*[:：/丨|｜\s]"
)
"""Labels of those who made a page in other ways; a name ends where one begins."""

AUTHOR_LABEL = re.compile(
    r"(?:作\s*者(?![为系是单简介])|撰\s*[文稿]|执\s*笔|采\s*写|文[/／丨|｜]|文字?[:：]|[记記]\s*者[:：/])\s*[:：/丨|｜]?\s*"
)
"""What stands before a writer's name."""

SOURCE_LABEL = re.compile(
    r"(?:发[布文]机[构关](?=\s*[:：])|(?:文章|新闻|新聞|本文|稿件|信息|消息)?[来來]\s*源(?:\s*Source)?|稿源|[来來]自|[转轉]自|出处)\s*(?:[:：丨|｜]|于|自)?\s*"
)
"""What stands before a source's name."""

SOURCE_LINE = re.compile(rf"[\s(（【\[]*{SOURCE_LABEL.pattern}(?<=[:：])\s*[^。！？；，]+$")
"""A line that only names the source."""

TOOLS = re.compile(
    r"[\s\xa0\u3000]*(?:举报|字号|分享|评论|打印|收藏|我要|手机看|推荐|点击|阅读|浏览|投稿|关注|微博|微信"
    r"|扫|保存|大\s*中\s*小|【|\[|编辑|责编|责任编辑|作者|记者|\d{2,}|[A-Z]-).*$"
)
"""The buttons and counters that follow a source on its line."""

PUBLISHER = re.compile(
    "(?:社|网|网站|报|[周月]刊|杂志|电视台|电台|广播|客户端|新闻|在线|频道|卫视|公众号|头条|发布|观察|商讯"
    "|资讯|传媒|财经|之声|中心|快讯|消息|视频|号|APP|联播|融媒|论坛|讲坛|评论|科技|法院|检察|公安|政府"
    r"|办公室|委员会|集团)(?:[·\-—－]\S{1,12})?$",
    re.IGNORECASE,
)
"""How the name of a publisher ends."""

BYLINE = re.compile(
    r"[(（【〔\[\s□■●◆]*(?:[^\s，。,;；：:]{0,10}(?:首席|特约|见习|实习|资深|特派|驻\S{1,6})?"
    "(?:[记記]者|通[讯訊][员員]|评论员|实习生|撰稿人|作者|特派员|主笔|专栏作家?)|文[/／丨|｜]|撰文|作者|采写|图文?[/／])"
    r"[\s:：/丨|｜]*[^，。,；;！？!?]{2,40}[)）】〕\]]?$"
)
"""A line that only names the writer."""

CAPTION_BEGINS = re.compile(
    r"[\s(（【\[]*(?:资料图片?|资料照片|配图|图为"
    r"|图\s*[一二三四五六七八九十\d]*\s*[:：/丨|｜①②③④]"
    r"|图[一二三四五六七八九\d][\s:：]|图[片像](?:来源|说明|加注文字|[:：])|图源|图由|图说|[△▲▼▽↑↓◆]|视频截图|供图"
    "|摄影[:：/]|制图)"
)
"""How a picture's text begins."""

CAPTION_CREDIT = Clued(
    r"(?:[\s。，）)/（(][^\s，。]{1,12}[\s／/]?摄影?"
    "|[（(][^（）()]{0,12}(?:截图|图|图片|摄|视觉中国|供图|资料|影像|photo)[）)]"
    r"|(?:资料图片?|资料照片|报道截图|视频截图|供图|图/\S{2,8}|视觉中国"
    r"|东方IC|IC photo|CFP)|[记記]者\s?[^\s，。]{2,4}\s图)[。\s]*(?:\d{2,4}年\d{1,2}月\d{1,2}日)?$",
    *("摄", "图", "视觉中国", "资料", "影像", "东方", "p", "P"),
    flags=re.IGNORECASE,
)
"""How a picture's text ends: with who took it, or where it is from."""

CAPTION_KIND = re.compile(
    "(?:截图|示意图|效果图|合影|海报|剧照|外景|资料|发)$"
    "|视觉中国|东方IC|IC photo|CFP|新华社发|中新社发",
    re.IGNORECASE,
)
"""What else marks a short line as a picture's text."""

CAPTION_SUBJECT = re.compile(
    "(?:车间|现场|厂区|大楼|街头|一角|景象|街景|展台|展区|门口|外观|合照|照片|画面|生产线|大厅"
    "|[上中里内前后下](?:展示|拍摄|展出|工作|作业|施工)的.{2,14})$"
)
"""What a picture shows, where nothing else says that a short line is its text."""

NUMBERED = re.compile(
    r"(?:[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|第[一二三四五六七八九十\d]{1,3}[章节部分篇条]*[、，：:\s]"
    r"|[（(]?\d{1,2}[)）、.．](?!\d)|[①-⑩]|[■◆●▶►◎★□▌【])\s*\S"
)
"""How numbered and marked headings begin."""

PART = re.compile(
    r"(?:第?[一二三四五六七八九十\d]{1,3}[章节部分篇条]*|(?:方案|案例|镜头|故事|人物|之|部分|Part|NO\.?|TOP)\s*"
    r"[一二三四五六七八九十\d]{1,2}|[①-⑩ⅠⅡⅢⅣⅤ])[、.．：:]?$",
    re.IGNORECASE,
)
"""A number that stands alone above the heading it belongs to."""

ATTRIBUTION = re.compile(r"(?:——|--|―|──)\s*[^\s，。：—―─-]{2,12}(?:[:：《]|$)")
"""A line that says whose words stand above it: ``——陈立：《…》``."""

HOME = re.compile("首[页頁]|主[页頁]|.{1,6}(?:首[页頁]|[网網])$")
"""How the first step of a breadcrumb reads that is parted by slashes."""

THIS_PAGE = re.compile(
    r"(?:.{0,2}正文(?:.{0,2}|\s*\S{2,6})|(?:详细|文章)?内容|(?:新闻|文章)?详情|文章|列表|(?:浏览|阅读|查看)文章"
    "|正在浏览.*)$"
)
"""A last step that names the page itself."""

TRADE = re.compile("(?:院长|教授|研究员|主任|记者|作者|专栏作家|评论员|学者|博士|编辑|律师|主编)$")
"""How a line ends that introduces the writer."""

LOCATION = re.compile(
    r"[\s【\[]*(?:(?:您|你)?的?(?:现在|目前|当前|所在|所处)*+的?(?:所在)?位置[是为在]?|导航|本页位置)\s*[:：>»]?\s*"
)
"""What stands before a breadcrumb."""

LINK_ROW = Clued(r"[|｜]|】\s*【|>>|»", "|", "｜", "】", ">>", "»")
"""What parts links that stand in a row."""

ADDRESS = re.compile(r"(?:https?://|www\.)\S*$")
"""A web address alone."""

SCRIPT = re.compile(
    r"<[a-zA-Z!/]|(?:var|let|const)\s+\w+\s*=|(?:window|document|\$)[.(]|function\b[\w\s]{0,40}\(|"
    r"[.#@][\w-]+[\w\s.#>:,-]{0,80}\{|/\*|<!--|[\w.]+\([^\u4e00-\u9fff]*\);"
)
"""How left-over script, style and markup begin."""

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪"
    "廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛段郝顾龚邵万覃武钱戴严莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂"
    "章鲁岳翟申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟"
    "洪盖芦荆麦佟岑虞柏池胥封苑郎桑桂冷匡荣佘巫邬敖艾尤时穆车项闵冀竺裘景邸宫娄席全米窦查仲费卜谈臧满隋简褚巩农丛晏栾"
    "張劉陳楊黃趙吳孫馬羅鄭謝許鄧韓馮蔣葉蘇呂盧鍾譚陸韋賈鄒閆龍賀顧龔萬錢嚴湯溫齊喬龐顏莊"
    "聶魯歐關蘭寧紀畢單塗駱藍遊鮑華饒時車項閔宮婁竇費談滿簡鞏農叢欒"
)
"""First characters of the surnames that most people of China have, and their traditional forms."""
