package rules

import "strings"

// isProfession reports whether a word says what somebody does for a living.
func isProfession(low string) bool {
	for _, end := range []string{"ologist", "ician", "ographer", "maker", "keeper", "therapist"} {
		if strings.HasSuffix(low, end) {
			return true
		}
	}
	return professions[low]
}

// professions are what people say somebody is.
var professions = set(`nurse doctor dentist lawyer teacher engineer developer programmer designer architect artist painter musician
	singer actor actress writer author journalist editor photographer chef cook baker waiter waitress barista bartender carpenter
	plumber electrician mechanic pilot driver farmer gardener vet veterinarian pharmacist therapist psychologist psychiatrist
	physiotherapist surgeon paramedic midwife scientist researcher professor lecturer student consultant accountant banker broker
	analyst manager director ceo cto cfo founder entrepreneur freelancer recruiter realtor translator interpreter librarian
	policeman policewoman firefighter soldier judge politician priest pastor economist biologist chemist physicist mathematician
	historian philosopher sculptor dancer coach trainer athlete footballer comedian producer filmmaker cameraman marketer
	salesman salesperson secretary assistant intern apprentice tailor hairdresser barber butcher florist sommelier tutor
	investor trader notary solicitor barrister paralegal postdoc geologist astronomer statistician
	curator illustrator animator copywriter blogger influencer streamer cleaner nanny au-pair caretaker carer optician`)
