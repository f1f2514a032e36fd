"""Situations that ideas are made of: nights, food, carers, dementia, interpreters. Format: sheets.py."""

TEXT = """
@noise
% In the survey <42-61> % said that they were bothered by noise at night.
% [A phone app showed <62-78> decibels at 2am|It was louder at 3am than in the canteen at noon, we
  measured].
* [Bins that bang|The bin lids {where}|Soft-close bins {where}]
~ where: by the sluice | next to bay 2 | in the side rooms | at the nurses' station
- The bins {where} [slam|bang like a door] every time, [all night|<30-60/10> times between 11 and 6]. People
  [jump|wake up and then ring|told us it was the worst noise].
+ [Felt pads for now (50p each)|Soft-close lids, <6-10> to start with], and [put {where} first|write a
  "quiet" tag on those that are done].
* [Doors, {door}|The squeaking {door}|Oil the {door}]
~ door: linen cupboard door | kitchen door | double doors to the corridor | treatment room door | notes
  trolley
- The {door} [squeaks|bangs shut] and the beds next to it [never sleep through|ask to move]. It was reported
  <3-8> weeks ago [and again last Friday|, twice].
+ [A can of oil that we may use ourselves|A monthly round with estates at night], list on the door: [what
  squeaks where|bed numbers].
* [Bells and alarms at full volume|Pumps beep for {mins} minutes|Night volume for bells and monitors]
~ mins: 3 | 5 | 8 | 10
- [At night the bells are as loud as in the day|Pumps at the end of an infusion beep for {mins} minutes].
  [The volume can be changed but nobody knows how.|There are <3-5> kinds of beep and we have stopped hearing
  some.]
+ [Medical physics shows us the night setting|A card on the pump: silence, night mode], [10pm to 6am|and end
  infusions before midnight where possible].
* [Bed moves after 10pm|No moves between 11 and 6]
- [<4-9> moves after 11pm in one week|Almost every night somebody is moved after 11], lights on, [everyone
  in the bay awake|belongings in plastic bags]. Most [were known at 8|could have gone before nine].
+ [A look at 7pm with the site team: who may move tonight?|A bay that takes late arrivals], so that [the
  others sleep|it is one bay, not four].
* [Earplugs and eye masks, if you know to ask|A sleep pack on the locker]
- We have [earplugs|eye masks] in [a drawer|the store], but [nobody asks|patients don't know]. Of <15-24>
  people, <2-4> had been offered any [on their first night|].
+ [A sleep trolley at 9.30: drink, plugs, mask, toilet|A small pack in the welcome folder], by [the HCA and
  a volunteer|whoever does the last drinks].
* [Observations at 2am for people who are well|Does everybody need obs at {time}?]
~ time: 2am | 3am | midnight
- [Obs at {time} are a habit|We wake people at {time} with a score of 0 or 1], <8-15> {here} each night.
  [They tell us on the morning round how tired they are.|It takes an HCA over an hour.]
+ [A box at the evening round: may sleep until 6|Doctors mark "sleep" in the e-obs], [never with a score of
  3 or more|and stop if anybody is worried].
* [Our own voices|Talking at the station at night|We are the noise]
- [The station echoes|Sound carries from the desk], and we chat and laugh, understandably. [Patients hear
  our plans for the weekend.|Beds <1-3> to <6-9> hear every word.]
+ [A traffic-light ear at the desk|A second desk lamp in the back office for the paperwork], and [phones on
  vibrate from ten|dimmed light, which makes everybody quieter].
* [Lights on at {time}|The 5 o'clock lights]
~ time: 5am | 5.30 | half past five
- The main lights go on at {time} for [bloods|washes|the drugs], two hours before breakfast. [No one sleeps
  again.|People with dementia get up and look for the door.]
+ [Head torches or bedside lamps until 6.30|Bloods from 6.30 in two bays as a trial], [main lights at
  seven|with phlebotomy's agreement].
@food
% [We threw away <9-18> of <24-30> puddings on Monday|<20-35> % of lunch came back].
% [Weight charts are filled in, but the plate tells more|<4-8> people {here} lost over 2 kg during their
  stay].
* [Red trays arrive and no hands|Help with eating at {meal}|All hands at {meal}]
~ meal: lunch | supper | breakfast
- At {meal} <6-10> people need help and [we are <3-4>|two of us are on break]. Food is cold when we come:
  <15-35/5> minutes later for the last one.
+ [Everybody {here} at {meal}, office and therapists too|Trained volunteers at {meal}], [breaks before or
  after|red trays come first, in two waves].
* [Menus filled in for somebody else|People get what the last patient ordered]
- The menu is chosen [the day before|<20-28> hours ahead], so whoever comes later gets [the choice of the
  person before|a sandwich]. It was <5-9> of <24-30> trays [on Thursday|when I looked].
+ [Order at the bed on the day by tablet|Choose from the trolley], [and three spare meals of each kind|start
  with new admissions].
* [Missed meals after tests|Kitchen closed at {time}|Something hot after {time}]
~ time: 6pm | 6.30 | seven
- If you come [back from a scan|from A&E] after {time} there is [toast|a box with a sandwich]. <8-15> people
  a week {here}, [some fasted since morning|often those who need it most].
+ [Frozen meals and a microwave that staff may use|A snack drawer with a list], [stocked on Mondays|ordered
  by the housekeeper].
* [Wrappers, lids and butter|I can't open it|Packets that nobody over 80 can open]
- [Juice lids, jam and cutlery bags|The sealed sandwich] defeat people with [arthritis|one good hand|poor
  sight]. I saw <4-9> untouched [at breakfast|at supper] and thought at first [they were not hungry|it was
  dislike].
+ [Opened as the tray is put down, always|"Would you like me to open it?" from whoever gives the tray], and
  [ask the caterer for easy lids|a pair of scissors on the trolley].
* [Thickened drinks, four recipes|The right texture: {lvl}|Texture signs above the bed]
~ lvl: level 2 | level 4 | level 5
- [The board says one thing, the handover sheet another|What {lvl} means differs from shift to shift]. On
  <2-5> days last month someone {here} was given [the wrong texture|thin tea], noticed in time.
+ [A photo chart by the drinks trolley with scoops for each level|Speech therapy teaches 10 minutes at the
  huddle], [sign above the bed, name of who changed it|housekeepers included].
* [Halal, vegan, and what is really in it|Food from home, food from here]
- [For halal and vegan meals there are two choices|We offer the same curry daily]. Families bring food and
  [we have no rule for heating it|we say no because nobody knows]. <3-6> people {here} [hardly ate|ate only
  biscuits] last week.
+ [Ask at admission and tell the kitchen the same hour|A simple rule for food from home, agreed with
  infection control], [menu with pictures|tasted by staff who eat it at home].
* [Eat together|Tables in the day room|Lunch at a table, not in bed]
- Most eat [in bed or next to it|beside the commode], although <9-14> of <24-28> could [sit at a table|walk
  to the day room]. The day room has [spare mattresses|old computers] in it.
+ [Clear it, two tables, cloths|A lunch club on Tuesdays and Thursdays], with [an HCA and a
  volunteer|therapists], and [weigh plates before and after|see who eats more].
* [Protected mealtimes, except for us|Ward round at lunch]
- [Rounds, bloods and X-rays come at 12.15|Lunch is interrupted]: <7-13> times on the day I sat and watched,
  [twice for a question that could wait|once for a survey].
+ [A magnet on the door: lunch, back at one|Doctors' round turned so that it ends at noon], [emergencies
  apart|families who help are welcome].
@carers
% [Families want to help and we make it hard|Carers told us that they feel in the way].
% <3-6> of the last <10-14> complaints {here} were about [not being told|telephone calls].
* [Nobody answers the phone|Ringing the ward at {time}|One call a day to the family]
~ time: 10am | noon | teatime
- Relatives ring from {time}, [all at once|<35-60/5> calls a day {here}], and it rings out. [The person who
  picks up does not know the patient.|Then they ring again.]
+ [Agree one contact and a time, and we ring them|A text after the ward round to one named person], [written
  on the locker|with consent, tested in one bay].
* [Visiting times that do not fit work|Carers at any hour|A carer's badge]
- [Visiting ends at 7.30|Visiting is 2 to 4 and 6 to 8], which [people on shifts miss|rules out those who
  travel]. Carers of people with dementia are [sent away at washing time|asked to leave at mealtimes], when
  they would help most.
+ [A lanyard that lets carers stay at any time|Open visiting with a quiet hour], [tea and the staff canteen
  price included|with what they would like to do written down].
* [This is me: ask what matters|One page about the person]
- We know [the diagnosis and not the person|kidney function and not whether he likes tea]. Of <16-24> people
  {here}, <3-6> had the page [filled in|at the bed].
+ [Give it to the family with the welcome sheet and a pen|Volunteers fill it in with them], [three questions
  are enough|pinned at the head, read aloud at handover].
* [Car park tickets for carers|Parking for people who come every day|Parking for weeks]
- Someone who visits every day pays <25-45/5> pounds a week. [There is a pass, but nobody tells them|We have
  passes in a drawer]: <2-4> were given out [since January|last quarter].
+ [Offer it on day three as a matter of course|A poster with how to get it, at the machine too], [by the
  ward clerk|in all languages of our patients].
* [Where do relatives sleep?|A recliner for the last nights|Nights on a plastic chair]
- Relatives of very ill people sit [on a plastic chair|in the corridor] all night. We have one recliner for
  <4-6> wards and [nobody knows where it is|it is broken].
+ [Two folding beds with a booking sheet|A recliner each for {here}], [and a bag with toothbrush, blanket,
  charger|paid from the charity fund].
* [Young carers|Who looks after the carer?|"And how are you?"]
- [Carers become ill themselves|We forget to ask the carer], and some are [16 or younger|over 80]. We found
  <2-5> [by chance|when the discharge failed].
+ [One question on admission: does somebody rely on you, or you on them?|A carers' hour on Thursdays], [with
  a card of the local carers' service|and a call two days after discharge].
* [Meeting the doctor|Families wait all day to meet the team|Bookable ten minutes]
- Relatives [take a day off and wait in the corridor|come at 9 and see the team at 4], [<2-4> a day|several
  every week] {here}.
+ [Six ten-minute slots on Tuesday and Friday afternoons|Video calls at 4.30], [booked by the ward clerk|so
  that rounds are not interrupted].
* [Lost {item}|{item} go missing|A box for {item}]
~ item: glasses | hearing aids | dentures | keys and phones
- <4-8> people lost {item} {here} since [summer|Easter], mostly [at bed moves|with the linen|on meal trays].
  It takes [weeks to replace|<3-6> weeks], and [they can't take part in anything|the family is upset].
+ [A bright pot with a lid and a name|A photo of what they came with], [checked at every move|"{item}?" as a
  line on the transfer sheet].
@dementia
% <9-15> of our <24-28> patients have some memory problem [today|this week].
% [It takes minutes, and saves hours later in the night|When people are calm we have time for the others
  too].
* [Nothing to do from 2 to {time}|Afternoons are long|An activity box for the afternoons]
~ time: 5 | 6 | supper
- In the afternoon [people call out, get up or sleep|there is nothing to do]. Between 2 and {time} we had
  <5-9> of <8-12> [falls|calls to security] {here}.
+ [Two boxes: towels to fold, old photographs, music|A volunteer with a rota of six simple things], [in the
  day room|kept where bank staff see it].
* [The toilet door looks like the wall|Signs that people can find|Coloured doors]
- All doors {here} are [the same beige|grey]. People [open the linen cupboard|look for the toilet and find
  the exit]. <3-6> times a [shift|night] we lead somebody back.
+ [Yellow doors and a picture at eye level|A big sign in words and picture], toilets first, [exit door in
  the wall's colour|seat in a dark colour].
* [Delirium: we notice late|Is this new?|4AT within a day]
- Of <18-26> people over 70 <5-9> had a 4AT [within 24 hours|at all]. "Confused" is [handed over as if it
  had always been so|written without since when].
+ [Ask the family one question: is this new?|4AT in the admission pack, not a separate form], [and a list of
  causes to look for (pain, bladder, bowels, infection, medicines)|a flag for the night team].
* [Six moves in one stay|Please do not move people with dementia|Last to be moved]
- One person was moved <3-5> times in [ten days|a week], once at [1am|midnight]. Each time [eating and
  walking got worse|she had to find the bathroom again].
+ [A blue mark on the bed plan means: not to be moved at night|The site team asks for two other names
  first], [counted each month|with reasons written].
* [One-to-one: who and how|Sitting with someone is a skill]
- One-to-one is [given to whoever is left|often the agency HCA who does not know the person]. [They sit
  behind a phone|Both look at the wall]. We booked <14-30> shifts {here} last month.
+ [A page "what calms me" at the bed|Half a day of training with the dementia team], [swap every two
  hours|bay nursing instead where it works].
* [Clocks that are wrong|What day is it?|A big clock in each bay]
- <3-5> of <6-8> clocks are [wrong or stopped|an hour out since October], and [some bays have none|they hang
  where nobody sees them from bed]. People ask the time [all night|and then try to go to work].
+ [Clocks with day and "morning/night"|One housekeeper round a month with batteries], [opposite each
  bed|paid by the Friends].
* [Pain in people who cannot say|Abbey pain scale at the bedside]
- People who cannot tell us are [restless|shouting], and get [something to calm|a sedative] before pain
  relief. Of <8-14> such charts <2-4> had [a pain score that fits|any score].
+ [Faces and behaviour scale in the e-obs|Ask who knows them: how do they show pain?], [regular paracetamol
  as a trial|before and after the wash].
* [Going home in the dark|Not after {time}, please]
~ time: 7pm | 8pm | six
- <3-6> people with dementia went home after {time} [in the last month|in five weeks], to [a dark
  house|carers who had left]. <1-3> were back within [two days|the week].
+ [Not after {time} unless the family asks for it|First on the transport list], and [a call next morning|a
  bag with milk, bread and tea].
@equity
% About one in <5-9> of the people who come {here} would rather speak another language.
% [People nod and go home without having understood|We hear of it when they miss the next appointment].
* [Booking an interpreter takes {mins} minutes|Telephone interpreters, quickly|Interpreter number by each
  phone]
~ mins: 15 | 20 | 25
- To get an interpreter takes {mins} minutes and [a code that is in somebody's email|two forms], so [the
  daughter or a cleaner interprets|we manage with gestures]. <5-12> times {here} last week.
+ [Code and number on a card at every phone|A tablet on wheels with video], [and the language in the first
  line of the record|tested in {other} as well].
* [Letters only in English|Letter in {lang}|Appointments in {lang}]
~ lang: Polish | Urdu | Romanian | Bengali | Arabic | Ukrainian
- All letters are in English. [Among people who speak {lang} <18-30> % miss the first appointment, others
  <7-11> %|Those who read {lang} ask a neighbour].
+ [A line in {lang} on how to get it read|A text in {lang} with date, place and "reply 1"], [first for the
  top five languages|checked by staff who speak it].
* [Hearing loops that are off|Deaf people and the name call|Calling names at people who cannot hear]
- We call names [across the waiting room|from a door]. Deaf people [watch our lips for hours|sit next to the
  door for fear to miss it]. The loop {here} [is not switched on|has no sign], and <2-4> people missed their
  turn this [month|autumn].
+ [A pager or a text when it is your turn|Write it on the front: come to me, do not call], [test the loop on
  the first of each month|and BSL by video].
* [Wheelchair users and the {place}|The {place} does not work for wheelchairs]
~ place: reception desk | scales | changing cubicle | couch in room 3
- The {place} is [too high|too narrow|not usable from a wheelchair]. <3-6> people in [a month|six weeks]
  were [not weighed|examined in the chair|asked to come again].
+ [A lower part of the desk, sit-on scales, one wide cubicle|Walk the way with two wheelchair users], [and
  mend the cheap things first|say in the letter what we have].
* [Can't pay the bus|Travel costs: tell people|Claim your fare here]
- People [miss clinic because of the fare|borrow for a taxi], and [hardly anybody knows that fares can be
  claimed|the form is at the cashier's office, open until 3]. <4-9> of <30-40> I asked {here} had heard of
  it.
+ [In the text reminder and on the desk|Pay at reception up to £10], [and give the bus number in the
  letter|cluster visits on one day].
* [No phone, no smart phone|Digital first leaves some behind]
- [The link in the text|Check-in on the screen] does not work for <15-25> % {here}: [no smart phone|no data
  left|poor sight]. They [queue longer|miss the form].
+ [Ask once how people want to be told, and keep to it|A desk with a person, always open], [paper by default
  for those who never opened a link|volunteers beside the screens].
* [Mums who do not speak English|Women's groups tell us|Go where people are]
- [Some communities come late|We see some families first in A&E]. At the [community centre|mosque|food bank]
  they said: [opening hours, trust, language|we do not know which door].
+ [A clinic there one afternoon a month|Two link workers for a pilot], [with women staff|and ask what they
  would change].
* [Names said right|How do you say your name?|Call me by my name]
- We [avoid names we cannot say|read out the wrong part of the name], and [titles and pronouns are
  guessed|the system shows an old name]. <6-11> of <20-24> people {here} wanted to be called something else
  than [the label|what we said].
+ ["What would you like to be called?" at check-in, in the record's first line|A sound line on the board:
  say it like …], [colleagues' names too|on the bedside board].
"""
