package rules

// givenNames are common first names, folded, from the languages that people
// on Telegram mostly have. They only tip the scale where the shape of a
// sentence leaves it open; an unknown name in a clear shape needs no list.
var givenNames = folded(`aaron abby abdul abigail adam adele adrian adriana agnes ahmed aisha alan albert alberto alejandra alejandro
	aleksandr alena alessandra alessandro alex alexander alexandra alexei alexey alexia alexis alfred ali alice alicia alina
	alison allison alma alvaro amanda amelia amina amir amy ana anastasia andre andrea andreas andrei andres andrew andrey andy anette
	angela angelica angelina angelo anika anita anja ann anna annabel anne annette annie anouk ansel anthony antoine anton antonia antonio anya
	ariana arjun arthur artem artur astrid ayse barbara bart beatrice beatriz becca ben benedikt benjamin bernard bernardo bernd
	beth bettina bianca birgit bjorn boris brad brandon brenda brian bridget bruna bruno bryan caio camila camille carina carl carla
	carlos carmen caroline carolina catarina catherine cecilia cecile celine cesar chen chloe chris christa christian christina
	christine christoph christopher clara claire clarissa claudia claudio clemens colin connor conor constanze cornelia corinna
	cristian cristiano cristina cynthia dana daniel daniela danielle danny daria dario darya dave david debbie deborah denis denise
	dennis derek diana diego dieter dima dimitri dina dirk dmitri dmitry dominic dominik dominika donald donna doris dorothy doug
	duarte dylan eddie edgar eduard eduardo edward ekaterina elena eleanor eli elias elif elisa elisabeth elise eliza elizabeth
	ella ellen elsa emil emilia emilie emily emma emmanuel enrico enrique eric erica erik erika erin ernesto esther ethan eugene eva evan
	evelyn evgeny fabian fabio fatima federico felipe felix ferdinand fernanda fernando filipa filipe filippo finn fiona flavia florian francesca
	francesco francis francisca francisco francois franz fred freddie frederic frederick frederik frieda friedrich gabriel gabriela galina gary gavin
	gemma geoff georg george gerald gerard gerd gerhard gianna giorgio giovanni gisela giulia giuseppe gloria gonzalo gordon greg gregor gretchen greta
	guido guilherme guillaume gunther gustav gustavo hanna hannah hannes hans harald harriet hassan heidi heike heinrich helen helena
	helene helga helmut hendrik henri henrik henrique henry herbert hiroshi holger hugo ian ibrahim ida ignacio igor ilse ilya imran ines
	ingrid inna irene irina isaac isabel isabela isabella isabelle ivan ivana ivo jacek jacob jacqueline jacques jaime jakob jakub james jamie jan
	jana jane janet janine jared jason javier jean jeff jeffrey jelena jen jenna jennifer jenny jens jeremy jerome jess jesse jessica
	jesus jim jimmy joachim joan joana joanna joanne joao joaquin jochen joe joel johan johann johanna johannes jon jonas jonathan jorge jose
	josef joseph josephine joshua juan juana judith juergen julia julian juliana julie juliet julio julius jurgen justin kaitlyn karen
	karim karin karina karl karolina kasia kat kate katerina katharina katherine kathrin kathy katia katie katja katrin katya kay keith kelly
	ken kenji kenneth kerstin kevin khalid kirsten klara klaus konrad konstantin kristen kristian kristin kristina kurt kyle lara larissa larry lars
	laura lauren laurence laurent lea leah leander lee lena leo leon leonard leonardo leonie leonor lera leslie leticia lewis liam lidia lilian
	lina linda lisa lisbeth liz lola lorena lorenzo louis louisa louise luc luca lucas lucia luciana lucie lucy ludmila ludwig luis luisa luiz lukas luke luna lydia
	lynn madeleine mads maggie magda magdalena maja maksim malik manfred manuel manuela marc marcel marcela marcelo marco marcos marcus
	margaret margarida margarita margot maria mariana marie marina mario marion marisa marius marlene marta martha martina mary masha mateo
	mateus matheus mathias mathilde matilda matt matteo matthew matthias maxim maxime maya megan mehmet meike mei melanie melissa
	mercedes mia michael michaela michal michel michelle miguel mihai mikael mika mike mikhail mila milan milena mina mira miriam
	mirjam misha mohamed mohammed moira moises monica monika moritz morgan muhammad murat mustafa nadia nadine nancy naomi natalia natalie natasha
	nathan neil nelson nicholas nicki nicola nicolas nicole nicoletta niels niklas nikita niko nikolai nils nina noah noel nora norbert
	norma nuno odile olaf oleg olga oliver olivia olivier omar orla oscar oskar otto owen pablo pamela paola paolo pascal patricia
	patricio patrick patrik paul paula paulina pauline paulo pavel pedro peggy peter petra phil philip philipp philippe pia pierre pilar piotr priya
	rachel rafael rahul rainer ralf ralph ramona ramon raquel raul rebecca regina reinhard renata renate rene ricardo richard rita
	rob robert roberta roberto rodrigo roger roland rolf roman ronald rosa rosa rosalie rosie ross roxana ruben rui rupert russell ruth ryan sabine sabrina
	salma salvador sam samantha samir samuel sandra santi sara sarah sasha saskia scott sean sebastian selma serena serge sergei sergey
	sergio shane shannon sharon sheila sheng shirley silke silvia simon simone sina sofia sofie sonia sonja sophia sophie stefan stefania
	stefanie steffen stella stephan stephanie stephen steve steven stuart susan susana susanna susanne suzanne svetlana sven sylvia
	tamara tania tanja tanya tara tatiana tatjana ted teresa terry tess thea theo theodor theresa thiago thomas thorsten tiago tilda till tim timo
	timothy tina tobias todd tom tomas tommy tomasz toni tony tracy trevor tristan tyler ulrich ulrike umar ursula ute uwe valentin
	valentina valeria valerie vanessa vasco vera verena veronica veronika vicky victoria viktor viktoria vincent vinh vitor vivian vlad vladimir volker
	walter wanda wei wendy werner wilhelm willem william wolfgang xavier xiao yan yana yannick yara yasmin yelena yolanda yosef yuki yulia
	billy molly sally polly willy carly shelly beverly kimberly everly nelly milly lilly dolly cecily cicely wally tilly elly vasily vitaly anatoly
	florence jordan charlotte georgia virginia carolina savannah madison chelsea brooklyn chad kim
	yuri yusuf yvonne zac zachary zara zahra zoe zofia zsofia
	анна мария иван елена ольга наташа дмитрий алексей сергей андрей саша маша катя юля таня света михаил николай владимир павел
	петр олег игорь ирина татьяна наталья екатерина анастасия даша миша коля вова дима леша`)
