"""Situations that ideas are made of: clinics, letters, learning disability, ways, home visits, waste, energy. Format: sheets.py."""

TEXT = """
@outpatients
% <7-13> % of slots {here} go unused, and the next free one is in <9-16> weeks.
* [Reminder texts that let people answer|Missed appointments: make it easy to change|Reply 1 to change]
- [The reminder can't be answered|To change an appointment you ring and hold <15-35/5> minutes]. Last month
  <24-60> people did not come {here}; of <12-20> we rang, <6-9> had tried to tell us.
+ [Two-way texts, seven and two days before|A form of three fields], [the free slot offered by text the same
  day|one clinic, eight weeks].
* [Clinic starts at 9, first three booked at 9|Spread the first slots|Running late by {time}]
~ time: 10 | half past ten | 11
- By {time} we run <35-70/5> minutes late, because [three are booked at 9|the notes come at 9.15|bloods come
  first]. [The car park is full too.|People apologise for asking.]
+ [First slot for one who is ready, then every <12-15> minutes|Five minutes' huddle with the list at 8.45],
  [delay on the board, said aloud each half hour|look at arrival and seen times for two weeks].
* [Follow-ups nobody needs|Patient-initiated follow-up for {cond}|See me when I need it: {cond}]
~ cond: asthma | arthritis | stable diabetes | hip replacements | coeliac disease
- Many with {cond} come [every six months to say all is well|on a fixed date], while those with a flare wait
  <5-9> weeks. <8-14> of <20-25> reviews [changed nothing|could have been a call].
+ [A card: ring us within two working days|Opt in at the next visit], [a safety net at a year|nurse line
  Tuesday and Thursday].
* [One visit instead of three|Scan, bloods and clinic on one day|Same-day tests for people who travel]
- People from [the villages|the coast] come for bloods, a scan and clinic on [three days|different days],
  <40-90/10> minutes each way. We saw <5-9> such in [a week|two weeks].
+ [Ask at booking: all in one?|A Thursday with kept slots], [bloods at the surgery|in the order that results
  are needed].
* [Self check-in screen queue|Check-in: which desk?|The queue at the front desk at {time}]
~ time: 8.45 | 1.30 | nine
- At {time} <12-25> people stand in one queue {here}, [some with sticks|half of them at the wrong desk]. The
  screens [ask for a reference that is not in the letter|are switched off].
+ [A volunteer with a tablet at the busiest half hour|Date of birth is enough], [seats with numbers|clinic
  colour in the letter].
@letters
% We tried one on <8-14> visitors: <3-6> could say [where to go and when|what to do next].
* [Letters people can understand|Write to the patient, copy to the GP|A letter to {who}, not about]
~ who: me | the person | the patient
- Letters go to the GP [about the patient|with a copy below]. People ring us to ask [what "NAD" is|whether
  it is bad]: <5-12> calls a week {here}.
+ [Write to the patient in plain words, GP box on top|Read it to a volunteer first], [one clinic, forty
  letters|a short glossary].
* [Two letters, two dates|Letters cross in the post|The cancelled appointment that still came]
- When a date changes both letters arrive, [sometimes in the wrong order|on the same day]. <3-7> came for
  the old one [in October|within a month].
+ ["This replaces the letter of …" in bold|Text on the same day], [no print for 24 hours|call if it is less
  than a week].
* [What to bring, on the first page|Page {n} holds what matters|Four pages for one date]
~ n: three | four
- Date, place and what to bring are on page {n}, after [parking rules|data protection]. <4-9> people a week
  come [without their medicines|having eaten].
+ [A box on top: when, where, bring, do not|A picture of the entrance], [the rest by link or on
  request|rewritten with five patients].
* [Leaflets from {year}|Old leaflets in the rack|One leaflet about {what}]
~ year: before the move | years ago
~ what: wound care | going home with a catheter | driving after an operation | blood thinners
- There are <3-5> leaflets about {what} {here}, [with different advice|two with numbers that no longer
  exist].
+ [Throw out, choose one, QR code to the current one|A date and owner on each], [reading age of
  eleven|patients' group reads it].
* [Results without news|No news is not good news|When do I hear about {test}?]
~ test: the biopsy | the scan | the blood test
- People are told "we'll write" and [wait <3-7> weeks|ring every few days]. Staff {here} take <10-22> such
  calls a week about {test}.
+ [A date: if you have not heard by …, ring this number|Normal results by text], [list of those still open
  on Fridays|two clinics first].
@reasonable
% [Small changes, told once, would have been enough|The family said: nobody asked].
* [A hospital passport that is read|Passport at the bed, not in the bag|Ask for the passport of {who}]
~ who: autistic people | people with a learning disability
- The passport [stays in the bag|is photocopied and filed]. For <4-7> of <8-11> {who} nobody on the shift
  [had seen it|knew how they show pain].
+ [Look together on arrival, three things on the board|Purple folder at the bed end], [flag in the system
  that opens it|liaison nurse told the same day].
* [First or last slot, and a quiet place|Waiting is the hardest: {place}|A quieter wait in {place}]
~ place: the eye clinic | X-ray | A&E | pre-op | the blood test room
- In {place} it is [bright, loud and unclear|crowded], and after <40-80/10> minutes some [leave|are in
  distress]. <2-5> visits had to be repeated.
+ [First slot, wait in the car, we text|Side room with a dimmer], [a story in pictures beforehand|ask what
  helps at booking].
* [Blood tests for people afraid of them|Three short visits instead of one|Practise first: {what}]
~ what: blood tests | a scan | the mask | dental treatment
- For {what} we [try once and give up|need <3-4> staff]. Some have had none for <2-5> years.
+ [Visit one: see the room. Two: the chair. Three: the test|Numbing cream, favourite music, known face],
  [combine with what is planned under sedation|liaison nurse has a list].
* [Easy read, really easy|Pictures for {topic}]
~ topic: consent | going home | what happens tomorrow | the menu
- For {topic} there is [nothing with pictures|a "simple" sheet of two pages]. People say yes [to please
  us|and are frightened later].
+ [Photos of our own rooms, five words a line|Tested by the self-advocacy group], [kept where the forms
  are|with a carer's page].
@wayfinding
% [We are asked <12-30> times a day|I walk somebody there <3-6> times a shift, gladly, but still].
* [The sign to {dest} stops {loc}|Lost on the way to {dest}|Which way to {dest}?]
~ dest: the fracture clinic | ultrasound | the day unit | the eye clinic | antenatal
~ loc: at the lifts | after the café | by the chapel | at the fire doors
- Signs to {dest} [stop {loc}|change name half way]. <5-11> people a [morning|clinic] come late and out of
  breath.
+ [Walk it with three visitors and mark where they stop|Footprints or a coloured line], [the same name as in
  the letter|paper signs for two weeks first].
* [Level 2 is the ground floor|Lift buttons with names|What floor are we on?]
- The main entrance is level [2|3], and [the lift says 0|one lift does not go everywhere]. People [walk out
  into the yard|ride up and down].
+ [Names next to buttons|Big numbers opposite the lift doors], [letters say "at the entrance go down one
  floor"|map at hand height].
* [Volunteers at the door from {time}|Someone who says good morning|A person at the entrance]
~ time: 7.30 | 8 | half past seven
- Volunteers start at 10, [most clinics at 9|the rush is from {time}]. I counted <25-60/5> people looking
  round in [half an hour|one hour].
+ [Two from {time}, with a sash|Staff take turns, ten minutes each], [wheelchairs next to them|start with
  Mondays].
* [Drop-off bays used for {what}|Blue badge spaces and {what}|Dropping off at the main door]
~ what: deliveries | contractors' vans | taxis | skips
- The bays are taken by {what} [all morning|until noon]; people [are let out in the road|walk <150-300/50>
  metres with a frame].
+ [Deliveries before 7.30 and at the back|Twenty minutes, with a friendly steward], [chairs every 30
  metres|cones for a week, then paint].
@community
% On a day we drive <35-80/5> miles and <75-130/5> minutes.
* [Visits by place, not by list|Plan rounds by postcode|Criss-cross: visits in {area}]
~ area: the north of town | the villages | the estates by the river
- Rounds are given out [by name|in order of referral]; on [Tuesday|Thursday] three of us were in {area}
  within an hour.
+ [By area, with one who knows the people|A map in the morning huddle], [swap freely until 8.15|count miles
  for a month].
* [Key safe codes and dogs|Notes for getting in|Twenty minutes at a door in {area}]
~ area: the tower blocks | the sheltered flats | the caravan park
- [The code is in an old entry|Which bell, which key?] <3-6> visits in a fortnight [failed at the door|cost
  <15-25> minutes], most in {area}.
+ [A line "getting in" on top of the record|Ask at the first call], [check each quarter|warden's number
  too].
* [No signal, no record|Offline notes for {area}|Writing up at home in the evening]
~ area: the valley | the lanes | cellar flats
- In {area} the laptop [has no signal|loses the entry], so we [write up at home|sit in a lay-by]: <35-60/5>
  minutes a day.
+ [Offline mode that works|Voice notes turned into text], [one hour kept in the plan|surgeries let us use a
  desk].
* [Dressings by the right route|Waiting for {item} on prescription|A small stock of {item}]
~ item: compression bandages | dressings | catheter bags | continence pads
- {Item} on prescription take <3-7> days, and then [twenty come when two are needed|the wound has changed].
  We saw <4-9> bags unused.
+ [A small stock in the office and by box|Order by the piece], [weekly look by two of us|unopened may go
  back].
* [Doctor to nurse and back|Discharged on Friday, visit on {day}|Referral with a number]
~ day: Saturday | Sunday
- Referrals for {day} come at 4.30 on Friday [without the dressing plan|with no phone number]. <3-6> each
  weekend.
+ [By noon, three days' dressings in the bag|Phone, not only form], [return to sender kindly with what is
  missing|ward shadows us for a day].
@transfers
% <6-14> moves {here} [last week|in one week], <2-5> of them [after 10pm|in the evening].
% [Each move means telling the story again|Families ring the old ward first and are worried].
* [Transfers between wards: {what} left behind|Where is the {what}?|The {what} did not travel]
~ what: notes | walking frame | phone charger | glasses | hearing aid
- After moves the {what} [is on the old ward|turns up days later]. <4-9> of <15-22> moves {here}.
+ [A clear box under the bed that goes too|Six-item strip on the transfer sheet], [both sides look at it
  together|photo of the locker].
* [Waiting for a porter: {mins} minutes|Porters and the app|Which porter jobs first?]
~ mins: 35 | 40 | 50 | 55
- A move takes {mins} minutes from asking, [longer at 11 and 4|then the bed is not ready]. Porters say that
  <5-8> of 20 jobs [are called off when they come|needed a wheelchair nobody mentioned].
+ [Ask only when ready: a tick|A porter to a floor from 10 to 12], [chair or bed, oxygen or not as a
  must|show the queue].
* [The clean bed that nobody sees|From empty to clean to taken|Beds on the screen at {time}]
~ time: 2pm | 5pm | noon
- Between leaving and the next one a bed {here} stands <65-140/5> minutes, <15-20> of them cleaning. [We
  enter it later|The screen shows yesterday's name].
+ [Whoever says goodbye taps "empty"|Housekeeping sees it at once], [look at {time} together|count for two
  weeks].
* [Moved four times|Fewer moves for people over {age}|Right ward first time]
~ age: 75 | 80 | 85
- In one month <6-12> people over {age} had three or more moves, [<2-4> at night|each a new team, new
  names]. [Relatives stood at an empty bed.|]
+ [Count moves on the board and ask at the third|Straight from the front door where we know], [families told
  before|notes of why].
@environment
% [We filled <3-6> bags in a shift that did not need to be there|Burning a bag costs <6-9> times as much as
  recycling it].
* [Right bin, right bag: {where}|Orange bags full of {what}|The {what} goes in the wrong bin]
~ where: treatment room | theatre corridor | sluice
~ what: cardboard | paper towels | coffee cups | packaging
- I looked into <8-12> clinical waste bags: about <35-60/5> % was {what}. [The right bin is <4-9> steps
  further.|There are more orange bins than black {here}.]
+ [Swap the places of the bins|A picture of what goes in on the lid], [fewer clinical bins, one a bay|weigh
  the bags for two weeks].
* [Nitrous oxide we leak|Turn off the {gas} manifold|Gas: bottles instead of pipes]
~ gas: nitrous oxide | piped nitrous
- We buy <8-14> times the nitrous oxide that patients breathe; [the pipes leak|the rest goes into the air].
  {Here} the outlet was used <2-5> times in a month.
+ [Small bottles, pipes off in two theatres|Look with pharmacy and anaesthetics], [measure use for a
  month|then next site].
* [Reusable {item}|{item}: washable instead of thrown away|What if {item} came back clean?]
~ item: tourniquets | theatre hats | sharps boxes | gowns | kidney dishes | drapes
- We throw away <60-240/20> {item} a week {here}. [Other hospitals wash theirs.|The single-use ones came in
  the pandemic and stayed.]
+ [A trial with <20-40/10> and the laundry|Ask infection control for a yes to three], [count cost and carbon
  together|one team first].
* [Inhalers handed back|Half-full inhalers|Dry powder where it suits]
- [Inhalers are started new at each ward|Half-full ones go in the bin]: <9-18> in [a month|four weeks]
  {here}. One has the footprint of a <90-170/10>-mile drive.
+ [The inhaler moves with the person|Take-back box at pharmacy], [ask about dry powder at reviews|technique
  checked too].
* [Plates, cups and milk pots|Tap water instead of bottles|Single-use cups on the {trolley}]
~ trolley: drinks trolley | meeting table | clinic desk
- On the {trolley} are only throw-away cups: <70-160/10> a day {here}. [There are mugs in the kitchen.|The
  dishwasher runs half empty.]
+ [Mugs for all who can hold one|Bring your own, 20p off], [a month's trial, count the boxes|name a keeper].
@energy
% [Estates say that one degree is <6-9> % of the heating|It would pay for itself in <4-10> months, they
  think].
* [Lights on all night in {where}|Last one out: {where}|Motion sensors in {where}]
~ where: the seminar rooms | the clinic corridor | the offices on level 3 | the stores
- On a night walk <14-30> rooms around {where} were lit and empty, [<8-15> screens too|fans running].
+ [Sensors, first in {where}|Security flips them on the ten o'clock round], [a green dot on what may go
  off|compare meters].
* [Windows open, heating on|{temp} degrees {here}|We cannot turn the heating down]
~ temp: 26 | 27 | 28
- It is {temp} degrees in [November|March] and windows are open. [The valve is stuck|Nobody knows where to
  turn it]; patients [sleep badly|ask for fans].
+ [Valves marked and freed on one corridor|A thermometer that texts estates], [list by bay from us|night
  setting first].
* [Machines that never sleep|Switch off {what} at {time}|{what} on standby]
~ what: anaesthetic machines | PCs | ventilation in empty theatres | ultrasound machines
~ time: 7pm | 8pm | the end of the list
- {what} run all night and weekend [because somebody once said so|and no one is sure they may]: <9-16> of
  <18-24> on Sunday.
+ [A sticker: red never, green at {time}|Two on for emergencies, the rest off], [with medical physics'
  blessing|start-up time tested].
* [Bike shed, bus, lift share|Getting here without a car for {shift}|The {shift} shift and the bus]
~ shift: early | late | night | weekend
- The first bus comes <5-20/5> minutes after the {shift} shift starts. [Of <30-50/5> of us <11-17> would
  take it.|The bike shed is full and dark.]
+ [Ask the company for one earlier run|Shift starts ten minutes later], [lift share by rota|shed with light
  and a pump].
@repairs
% [People judge us by it, and so do we|You stop seeing it after a month, visitors do not].
* [Reported {n} times: the {thing}|The {thing} has been out of order for weeks|When will the {thing} be
  mended?]
~ n: three | four | five
~ thing: shower in bay 2 | second lift | bath hoist | staff toilet | blind in the side room | hot tap
- The {thing} has been broken for <3-9> weeks. It was reported {n} times, [by different people|each a new
  number], and [nobody knows what is happening|no answer came].
+ [One list on the wall: reported, ordered, done|An answer in two days, even if it is "March"], [estates
  walk round monthly with us|top three each].
* [A shower that people can use|The shower room is a store|Showers for <24-30>: one]
- [One of two showers holds commodes|The step is too high], so <6-11> people {here} [have a wash at the
  bed|wait days].
+ [Find a place for the commodes|A ramp and a rail], [a list for times|warm it before].
* [Sockets at the bed|Phone chargers and trip wires|Not enough sockets {loc}]
~ loc: by beds <3-6> and <7-12> | in the end bay | at the station
- {Loc} there are <2-3> sockets for a pump, a bed, a mattress and a phone. [Leads cross the floor.|We unplug
  one to plug another.]
+ [Safe multi-sockets, tested, on the wall|Long charging leads with clips], [count first: what needs
  power?|one bay in the next works].
* [A garden that is locked|Benches outside {where}|Fresh air for {who}]
~ who: long-stay patients | staff on breaks | people with dementia
~ where: the main door | the stroke unit | the canteen
- The courtyard is [locked|full of old beds], with the key [at security|unknown]. {who} look at it through
  glass.
+ [Clear it on a Saturday, gardeners' club comes|Raised beds and <3-5> benches], [open 8 to 8|a door that
  wheelchairs manage].
"""
