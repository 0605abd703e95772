package rules

import "strings"

// set makes a set of the words in lists, which are parted by white space.
func set(lists ...string) map[string]bool {
	m := map[string]bool{}
	for _, list := range lists {
		for _, w := range strings.Fields(list) {
			m[w] = true
		}
	}
	return m
}

const kinMale = "son brother father dad husband boyfriend grandfather grandpa grandson uncle nephew fiancé stepson stepfather stepbrother papa godson"

const kinFemale = "daughter sister mother mum mom wife girlfriend grandmother grandma granddaughter aunt niece fiancée " +
	"stepdaughter stepmother stepsister mama goddaughter"

const kinAny = "kid kids child children baby babies toddler twin twins parent parents partner spouse cousin cousins sibling siblings " +
	"sons daughters brothers sisters grandparents grandkids grandchildren in-laws family fiance husband-to-be brother-in-law sister-in-law " +
	"mother-in-law father-in-law ex ex-husband ex-wife flatmate roommate dog cat puppy kitten pet horse"

const closeOnes = "friend friends bestie boss manager colleague coworker co-worker neighbour neighbor mentor teammate co-founder cofounder assistant classmate"

// kin are the people, and animals, whose doings are facts about somebody else.
var kin = set(kinMale, kinFemale, kinAny, closeOnes)

// calendarWords are capitalised and no names.
var calendarWords = set(`monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun
	january february march april may june july august september october november december
	jan feb mar apr jun jul aug sep sept oct nov dec
	christmas xmas easter halloween thanksgiving hanukkah diwali ramadan eid carnival passover ascension pentecost new-year`)

// verbs are what people do, in their base form; forms of them are made by
// rule, and the irregular ones listed.
var verbs = forms(`accept act adopt agree announce answer apply argue arrive ask attend avoid bake believe call camp cancel
	care celebrate change chat climb code collect commute complain compose confirm consider cook cry cycle dance date decide
	design die dislike divorce drop earn email enjoy enter expect explain face fail finish fix follow garden graduate
	happen hate help hike hire hope hug hurt imagine injure introduce invest invite join juggle keep kiss knit
	land last laugh launch lecture like listen live look love manage marry mention mentor miss move need offer open order organise
	organize own paint paddle participate pass phone photograph pick plan play practice practise prefer prepare promise propose
	publish recommend recover relocate remember renovate rent reply report resign retire return sail save seem serve
	settle share shout sign ski smile smoke snore snowboard sound start stay stop stress struggle study suffer suggest support surf
	suspect switch talk taste text thank train travel trust try turn use visit volunteer vote wait walk want warn watch
	whatsapp wish wonder work worry adore crave detest can't practises ring speak stand apologise apologize borrow
	lend host cheat babysit freelance intern resent despise`)

const irregular = `is are was were am be been being has have had having does do did doing says said say goes go went gone going
	gets get got gotten getting makes make made making knows know knew known takes take took taken taking comes come came coming
	sees see saw seen seeing thinks think thought thinking tells tell told telling gives give gave given giving finds find found
	finding becomes become became becoming leaves leave left leaving feels feel felt feeling brings bring brought begins begin began
	begun keeps kept holds hold held writes write wrote written writing means meant meets meet met meeting runs run ran running
	pays pay paid sits sit sat speaks spoke spoken leads lead led grows grow grew grown growing loses lose lost losing falls fall
	fell fallen sends send sent sending builds build built building understands understood draws draw drew drawn breaks break broke
	broken breaking spends spend spent rises rose drives drive drove driven driving buys buy bought buying wears wear wore
	chooses chose chosen choosing sells sell sold selling teaches teach taught teaching wins win won winning sleeps sleep slept sings
	sing sang sung singing swims swim swam swimming flies fly flew flying rides ride rode riding reads read reading eats eat ate eaten
	eating drinks drink drank drinking quits quit quitting catches caught fights fought forgets forgot forgotten hits hides hurts lets
	lends lent rings rang shows showed shown stands stood throws threw will'll would could should might can can't cannot won't wouldn't
	doesn't don't didn't isn't aren't wasn't weren't hasn't haven't couldn't shouldn't never wants thinks owes owe owed used gave
	dreams dreamt bets cuts puts sets studies studied studying married marries divorced retired dates texted mentioned no-longer
	works turned turns likes likes might've`

func forms(bases string) map[string]bool {
	m := set(bases, irregular)
	for _, v := range strings.Fields(bases) {
		m[third(v)] = true
		stem := strings.TrimSuffix(v, "e")
		m[stem+"ed"], m[stem+"ing"] = true, true
		if last := v[len(v)-1]; strings.IndexByte("pntgm", last) >= 0 {
			m[v+string(last)+"ed"], m[v+string(last)+"ing"] = true, true
		}
		if y, ok := strings.CutSuffix(v, "y"); ok {
			m[y+"ied"] = true
		}
	}
	return m
}

// third returns the form of a verb for he and she.
func third(v string) string {
	switch {
	case v == "have":
		return "has"
	case v == "are", v == "am", v == "be":
		return "is"
	case v == "were":
		return "was"
	case strings.HasSuffix(v, "y") && !strings.HasSuffix(v, "ay") && !strings.HasSuffix(v, "oy") && !strings.HasSuffix(v, "ey"):
		return v[:len(v)-1] + "ies"
	case strings.HasSuffix(v, "s"), strings.HasSuffix(v, "sh"), strings.HasSuffix(v, "ch"), strings.HasSuffix(v, "x"),
		v == "go", v == "do":
		return v + "es"
	}
	return v + "s"
}

// wordNames are given names that are words too; in lower case, and at the
// start of a sentence, the word is the likelier reading.
var wordNames = set(`will may mark grace rose hope bill art june april august faith joy dawn eve ivy lily daisy violet iris
	rob pat sue drew chase grant frank earnest miles max gene ray rich nick don dean guy earl duke king prince
	sky summer autumn winter dusty sandy misty crystal ruby amber pearl jade olive ginger basil rosemary heather holly
	hazel fern bob dick peg penny cliff forest brook reed heath glen clay stone rocky buddy sonny chip skip
	victor major norm pierce lance kit merry gay van tad bud wade harmony melody cherry candy honey
	angel charity patience prudence destiny trinity sterling parker hunter archer mason cooper taylor tanner porter baker
	bishop dale lane mercy blessing lucky noble true sage river ocean star sunny justice chance ace arch ash berry blaze bea jan`)

// common words start sentences with a capital letter and are no names.
var common = set(`a about after again all almost already also always although an and another any anyway apart apparently are as ask at
	back be because before beer between big birthday both breakfast brilliant brunch but buy by call can catch-up check coffee cool
	could dear did dinner do does don't done drinks during each either email even ever every everyone everything evening exam
	family feeling finally first for forgot friend friends from fun funny general get give go going gone good got great great-news guess had happy
	has have having he heard hello help hello hers hey hi him his hey home hope how however huge i i'm i've idea if in interesting
	interview is it it's its job just keep kids kind last late lately later learned learnt let let's life like long look looks lots love lovely lunch
	make many maybe me meal meeting message met might mine mom morning most mother mum must my need never new news next nice night
	no nobody not note nothing now number of off office ok okay old on once one only or other our out over party people perhaps phone
	please plus poor probably project promised quick quite random really remember reminder right said same saw say school see seems
	send seriously she she's he's should since sister so some somebody someone something sometimes somewhere sorry soon spoke still stuff such super sure
	surprise talk talked team tell text thank thanks that that's the their them then there there's they these thing things think this
	those though thought time to today todo together tomorrow tonight too took totally trip turns two ugh under unfortunately until up update
	us very visit visited wait walk want was we we're we've wedding week weekend well went were what whatever when where which while who whole whose why
	will with without wonder work works wow yeah yep yes yesterday yet you your zoom again awesome bad best better congrats
	congratulations dad father brother boss colleague neighbour neighbor husband wife daughter son baby dog cat house car money
	landlord landlady legal product sales marketing finance engineering support management accounting design research operations
	parents grandma grandpa grandmother grandfather aunt uncle cousin neighbours neighbors roommate flatmate ex client customer
	music movie film book books city country world company startup food wine tea cake pizza sushi gym yoga football tennis running
	weather rain train flight hotel airport station street park beach church hospital doctor dentist lawyer nurse teacher
	his her mr mrs ms dr mx prof sir madam miss lady lord today's everyone's`)

// nations and languages are capitalised and no names.
var nations = set(`american english british german french spanish portuguese italian russian chinese japanese korean indian
	brazilian mexican canadian australian irish scottish welsh dutch belgian swiss austrian polish ukrainian czech slovak
	hungarian romanian bulgarian greek turkish arabic hebrew israeli egyptian moroccan nigerian kenyan swedish norwegian danish finnish
	icelandic latin european asian african hindi urdu thai vietnamese indonesian filipino argentinian chilean colombian peruvian
	cuban persian iranian iraqi syrian lebanese palestinian jewish muslim christian catholic buddhist hindu catalan basque
	serbian croatian slovenian estonian latvian lithuanian mandarin cantonese swahili farsi`)

// places that are given names too, or are so common that no shape may make a
// person of them.
var places = set(`paris london berlin lisbon lisboa porto madrid barcelona rome roma milan milano florence venice vienna zurich
	munich münchen hamburg cologne köln frankfurt amsterdam rotterdam brussels antwerp dublin belfast edinburgh glasgow
	manchester oxford cambridge bristol york boston chicago austin dallas houston denver seattle portland phoenix atlanta miami
	sydney melbourne brisbane perth auckland tokyo kyoto osaka seoul beijing shanghai hongkong singapore bangkok bali jakarta manila
	delhi mumbai bangalore dubai cairo nairobi lagos capetown johannesburg casablanca istanbul ankara athens sofia bucharest budapest prague
	warsaw krakow kyiv kiev moscow moskva petersburg minsk riga vilnius tallinn helsinki stockholm oslo copenhagen reykjavik
	toronto montreal vancouver ottawa victoria charlotte georgia virginia carolina dakota montana savannah madison orlando
	brooklyn manhattan queens chelsea jordan israel chad kenya india china japan korea vietnam thailand france germany spain
	portugal italy england scotland ireland wales britain uk usa us eu america canada mexico brazil argentina chile peru colombia
	armenia azerbaijan austria switzerland sweden norway finland denmark belgium netherlands hungary romania bulgaria serbia croatia
	slovenia slovakia czechia iceland estonia latvia lithuania
	cuba africa europe asia australia poland ukraine russia turkey greece egypt morocco santiago lima bogota valencia sevilla
	seville granada malaga faro braga coimbra lourdes san santa los las new saint st north south east west`)

func folded(list string) map[string]bool { return set(fold(list)) }
