"""Situations that ideas are made of: wellbeing, rotas, starters, safety, digital, phones, kit, stores. Format: sheets.py."""

TEXT = """
@wellbeing
% In our last check-in <4-9> of <11-16> of us said "running on empty".
% [People stay for each other, so let us make that easier|It is small, but it is what makes you stay].
* [A staff room that is a staff room|The staff room doubles as a store|Somewhere to sit down]
- Our staff room holds [<3-6> broken chairs and the Christmas tree|boxes of pumps and the old printer].
  [There are seats for <4-6> of <14-22> on a shift|The only window is behind a rack], so people eat [at the
  station|in their cars].
+ [One morning to clear it, two sofas from the charity fund|A lick of paint and a fridge that closes], [and
  a rule that nothing is stored there|with those who use it at night choosing].
* [Talk after a hard shift|Ten minutes after a death or an arrest|A hot debrief, kindly]
- After [a cardiac arrest|an unexpected death|a very hard shift] we go straight to the next bell. [I drove
  home with it|A student told me a week later that she still thought of it]. In <2-4> months we had one
  debrief for <5-9> such days.
+ [Ten minutes before going home, led by whoever feels able, four questions on a card|A call next day from
  the trained peer supporters], [and the next-door ward covers the bells|nights included].
* [Thank-you board by the {door}|Say thank you where people can see it]
~ door: kitchen | changing room | lift | back stairs
- Compliments [go to the matron's inbox|are read once a quarter], and the people they are about [rarely
  hear|hear of it months later]. <6-14> thank-you cards {here} were in a drawer.
+ [A board by the {door} with a pen|Read one aloud at each Friday huddle], [one a month to a team we never
  see: porters, labs, switchboard|patients may write too].
* [Night staff and hot food|Nothing to eat after {time}]
~ time: 8pm | 9pm | half past seven
- After {time} there is [only the vending machine|crisps or chocolate]. We asked <18-34> people on nights:
  <11-16> [eat biscuits from the ward|bring nothing because there is no fridge].
+ [A fridge with meals to buy and a microwave that works|Hot soup from the kitchen in flasks at 10], [three
  nights as a trial|ask porters and security as well].
* [Showers and bikes|Lockers for {who}|Changing rooms for {who}]
~ who: bank staff | students | people on rotation | the night team
- There are <24-40> lockers for <60-90/5> people, and {who} [leave bags under the desk|carry everything
  around]. <5-9> lockers {here} belong to people who left [last year|long ago].
+ [A locker amnesty in the first week of the month|Day lockers with a coin], [list kept by the ward
  clerk|six kept free for {who}].
@breaks
% [Nobody wants to be the one who sits down|We skip it to help each other, and all end up tired].
% On <6-12> of the last <14-20> shifts {here} somebody had no proper break.
* [Breaks on the board|Who covers whose break?|A break plan at handover]
- Breaks happen [when it is quiet, so never|whenever]. On long days <3-6> of us [ate after 4pm|had under
  <15-25/5> minutes]. [It is always those with the sickest patients.|]
+ [A break time and a buddy for everyone on the board at 7.30|The nurse in charge asks at 11 who has not
  been], [bleeps are handed over too|and goes last].
* [Rota out {wks} weeks before|Swaps by message at midnight|A fair way to swap shifts]
~ wks: two | three
- The rota comes out {wks} weeks before, and swaps go through [a chat group|one person's phone]. Childcare
  [can't be booked|costs extra]. We had <12-26> swaps in one rota {here}.
+ [Six weeks, with two wishes each|Let the team draw it up once, as a trial], [swaps in the system that show
  the skill mix|a late-early never without asking].
* [Water at the station|Drinks are not allowed at the desk|A bottle shelf {loc}]
~ loc: by the sink in bay 2 | in the treatment corridor | behind the desk
- We are told [no drinks at the desk|to drink in the staff room], which is <2-4> minutes away. [I had one
  glass in a 12-hour shift|<5-8> of 10 of us had headaches on Sunday].
+ [A marked shelf {loc} for lidded bottles, agreed with infection control|A drinks station, named bottles],
  [for doctors and cleaners too|wiped with the desk].
* [A lie-down at 3am|Power naps on nights|Safe to drive home?]
- After [three|four] nights in a row I [had to stop on the way home|do not remember the last roundabout].
  There is [no place to lie down|one reclining chair, locked after 8].
+ [Two recliners and a timer: 20 minutes, bleep with a buddy|A room to sleep before driving], [blankets from
  the linen room|on a list so that it is fair].
@starters
% <3-5> of the last <8-12> people who left {here} had been with us for less than a year.
% [First impressions last|I remember my own first week].
* [First day without a log-in|Log-ins on day one|Badge, log-in, locker: before the first day]
- New colleagues [wait <3-9> days for a log-in|watch others for a week because the badge does not open
  doors]. <4-7> of the last <8-10> {here} could not [see results|chart obs] on day one.
+ [A list sent two weeks before with one person who ticks it off|Collect it all at the welcome day],
  [temporary accounts for the first week|with a test on the Friday before].
* [A buddy for four weeks|Who do I ask?|Name on the rota next to mine]
- On my first shifts I asked [a different person each time|whoever walked by], and got [<3-4> answers|three
  ways to do it]. [Nobody minds, but nobody is named.|People from abroad said the same.]
+ [A buddy on the same shifts for four weeks|Named in the rota, both know], [coffee in week two and week
  six|not the one who assesses you].
* [A map of where things are|The cupboard tour|{here}, where is everything?]
- Bank staff and students ask for [the same ten things|the scanner, the hoist, dressings] all day: <20-40/5>
  questions on one long day. [Labels are from before the move.|The shelves changed, the labels did not.]
+ [One page with photos at the door|Photos on cupboard doors], [drawn by the last person who started|checked
  each half year].
* [Learning on shift: ten minutes|Teaching at {time}|Micro-teaching on the quiet shift]
~ time: 2pm | the overlap | 3pm on Wednesdays
- Training days are [cancelled when we are short|booked out until spring]; mandatory modules are [done at
  home|clicked through]. <6-10> of <14-20> of us {here} had no teaching in <2-4> months.
+ [Ten minutes at {time}, one topic a week|A card pack: one question, one demonstration], [repeated so that
  nights get it|students teach too].
@safework
% There were <5-12> incidents {here} last month, and we think that half are not reported.
% [It should not be part of the job|We have got used to it, and should not].
* [Personal alarms that {prob}|Alarms: {prob}]
~ prob: ring somewhere else | are flat | nobody hears in the side rooms
- We have <3-6> alarms for <9-14> people and [some are flat|the charger is in the office]. In a test it took
  <4-9> minutes until [security|anybody] came, [to the wrong floor|because the place was not shown].
+ [One each, charged on a rack by the door and signed out|Test on Mondays at 10], [location shown|with
  security's own minute in the huddle].
* [A plan before it escalates|De-escalation: who knows the person|Calm first]
- When somebody gets very upset we [call security first|all come at once], and it gets louder. [Waiting,
  hunger and noise are the usual start|<6-9> of 10 times there was a long wait before].
+ [One voice, a drink, a quieter room: a card with five steps|Half a day of practice with actors], [notes on
  what helps this person|security takes part].
* [Walking to the car at night|The dark bit of car park {park}|Lights by car park {park}]
~ park: B | C | D | 2
- After a late the way to car park {park} is [unlit|through the building site]. <4-8> lamps have been out
  [since the clocks changed|for weeks]. [We wait for each other|New starters park on the road].
+ [Walk together at 9.45 from the main door, security joins|Lamps first, then cut the bushes], [late staff
  may use the visitors' spaces|with a number to text].
* [Racist remarks: what do I say?|Support when a patient refuses a colleague|We say it together]
- Colleagues are [refused or insulted because of their skin or accent|told to fetch a "real" nurse]. [It is
  passed over|We go quiet]: <5-9> of <12-15> of us have heard it this [year|winter].
+ [A sentence that we all use and that the nurse in charge repeats|A letter the trust stands behind], [the
  colleague decides whether to go on|ask the next day how they are].
@digital
% [I timed it for a shift: <25-55/5> minutes|Together that is <2-5> hours a day {here}].
% [New colleagues notice it first|Locums simply give up and ring].
* [{n} log-ins before the first patient|Log in once, tap with the badge|Computers that take {mins} minutes]
~ n: Five | Six | Seven | Four
~ mins: 4 | 6 | 9 | 11
- {n} systems, {n} passwords, and the computer [takes {mins} minutes in the morning|logs you out after
  five]. [We share the one that works|I saw three people queue for one screen].
+ [Badge tap on <4-8> machines {here} as a trial|One password for the three we use most], [start them at
  6.30 automatically|old machines out first].
* [Computers on wheels with {prob}|{prob}: half of our trolleys]
~ prob: flat batteries | sticky wheels | no scanner | a broken keyboard
- <4-6> of <7-9> computers on wheels {here} have {prob}. So we [write on paper and type it later|walk back
  to the desk], which is where [numbers get lost|obs are charted an hour late].
+ [A sticker with a QR code to report it, fixed on a weekly round|Label the plug places and check at 4pm],
  [two spares for the building|count how many work, on the huddle board].
* [The same question in {n} forms|Admission asks everything twice|Forms that remember]
~ n: 3 | 4 | 5
- Weight, allergies and next of kin are asked in {n} places, [by different people|on paper and on screen].
  Admission takes <45-75/5> minutes, [and the patient says "I have told you"|of which a third is copying].
+ [Copy forward with a look instead of typing|Drop what nobody reads: ask who uses each line], [one form,
  one ward, one month|patients check their own].
* [Alerts we click away|{pct} per cent of alerts are ignored|Fewer pop-ups]
~ pct: 85 | 90 | 92 | 95
- In an hour of prescribing I had <11-24> pop-ups and [acted on one|read two]. [The important one looks like
  the rest.|The one about kidney function comes after signing.]
+ [Turn off the ten that nobody acts on, see what happens|Red only for what could harm today], [with
  pharmacy, reviewed every quarter|count before and after].
* [Wi-Fi gap in {loc}|No signal in {loc}]
~ loc: the last two side rooms | the lift lobby | bay 4 | the plaster room | the store corridor
- In {loc} the handhelds [lose the network|freeze], so obs [are sent later|are done twice]. It was <6-15>
  times on [one weekend|my last three shifts].
+ [An extra access point|IT walks round with us for half an hour], [a map of the gaps for the whole
  building|until then a paper chart in {loc}].
@phones
% I was bleeped <22-48> times on a twelve-hour night.
% [Switchboard say it is their commonest call too|Everybody has their own list of numbers in a pocket].
* [One list of numbers that is right|Bleep numbers on the wall are from {year}|Who is on call?]
~ year: two years ago | before the merger | last summer
- The list on the wall is from {year}. To reach [the on-call registrar|the right team] took <3-6> calls and
  <8-20> minutes [last night|on Sunday].
+ [Roles, not names, on one page that updates itself|A screen at the station with who is on], [switchboard
  owns it|link in the handset].
* [Bleeps for things that can wait|Non-urgent jobs on a list|Let nights cluster the small jobs]
- Of <30-45> night bleeps <18-26> could have waited [until the next round|an hour]: [fluids, charts,
  sleeping tablets|re-written charts]. Each one stops [a procedure|a conversation].
+ [A job list {here}, looked at every two hours|A message with urgency and callback], [urgent stays a
  bleep|for a month on two wards].
* [Ward phone: one handset, {n} bays|The cordless phone is missing again]
~ n: four | five | six
- One cordless phone for {n} bays, usually [under a pillow|in the day room]. Calls ring <12-20> times [and
  then go to the next ward|until somebody runs].
+ [A second handset and a charger at each end|Press-button pager on the phone], [clerk's line by day,
  nurse's line by night|diverts tested weekly].
* [Say who you are: call-backs|The call-back that finds nobody|Wait by the phone]
- I answer a bleep and [no one there knows who called|it rings out], <6-12> times a night. The caller [had
  to see to a patient|was told to wait by the phone].
+ [Bleep the extension and your bay's number|Messages with name and question], [whoever picks up writes it
  on the pad|mobile handsets for the three who call most].
@equipment
% [We own enough of them, they are just never where we are|Medical physics says that <30-50/5> are in the
  building].
% I looked for <15-35/5> minutes on my last shift.
* [The bladder scanner is {loc}|Looking for the {kit}|A home for the {kit}]
~ kit: bladder scanner | hoist | bariatric chair | ECG machine | stand aid | vein finder
~ loc: always on another ward | behind a curtain somewhere
- The {kit} is shared by <3-5> wards and [travels|lives nowhere]. To find it takes <10-30/5> minutes, [and
  then the battery is flat|at night you ring three wards]. It happens <4-9> times a week {here}.
+ [A marked bay on the corridor floor and a sign-out slate|A tag that shows it on a map], [back and plugged
  in within the hour|each ward hosts it for a month].
* [Infusion pumps: hoarded because they are short|Pumps in cupboards|A pump library]
- We keep <4-8> pumps [in the linen room "just in case"|hidden], and so does {other}. [On Friday a patient
  waited <30-60/10> minutes|Mornings we borrow from theatre].
+ [A library with a promise: one within 20 minutes|An amnesty day and a count], [porters bring them
  clean|trust it for four weeks, then look].
* [Broken, but which ones?|A red label for broken kit|Reported means fixed?]
- Broken things go back on the shelf [because there is no place for them|and the next one tries]. Of <9-14>
  [obs machines|thermometers] {here} <3-5> did not work [on Tuesday|when we checked].
+ [A red shelf and a label with date and fault|QR code to report it from your phone], [a visit every
  Thursday|and a list of what is away].
* [Wheelchairs at the main door by {time}|Where do all the wheelchairs go?]
~ time: 10am | 11 | noon
- By {time} there are no wheelchairs at the entrance. People [wait in the car|walk further than they can],
  <8-20> a morning. We found <6-13> [in the clinic corridor|behind the lifts].
+ [Coin chairs as in supermarkets|A volunteer's round every hour], [painted in one colour a site|with two
  wide ones].
@supplies
% [Stock takes up cupboards while we run out of what we need|We throw away a sack of expired stock each
  <2-4> months].
% It is <2-4> trips a shift to the store at the other end.
* [We run out of {item} every {day}|{item}: none left on {day}]
~ item: dressing packs | blue trays | 10 ml syringes | bed pans | medium gloves | wipes
~ day: Sunday | Monday | Saturday
- By {day} we have no {item} and borrow from {other}. [Top-up comes Tuesdays and Fridays|The level was set
  years ago]. <4-8> times in [two months|ten weeks].
+ [Two bins: when the first is empty its card goes in the box|Set the level with someone who uses it], [look
  again after a month|weekend level for the weekend].
* [Expired stock at the back|First in, first out|{n} boxes out of date]
~ n: 9 | 14 | 17 | 23
- When we cleared one cupboard {here} {n} boxes were out of date, [the rest would have lasted <6-12>
  months|mostly catheters and special dressings].
+ [Load from the left, take from the right|Dots by quarter], [keep three, not thirty, of the rare ones|share
  them between four wards].
* [A trolley for {job}|Everything for {job} in one place|Walk less for {job}]
~ job: cannulas | catheters | dressings | chest drains | blood cultures
- For {job} I walk to <3-5> places, [the last is always missing|about <90-180/10> steps]. I counted <7-12>
  trips [on a morning|in a shift].
+ [A small trolley set out by those who use it|A tray with shadows so that gaps show], [topped up by the
  night HCA|one a bay, three weeks].
* [Linen: short by the weekend|Pillows and {lin} by Sunday]
~ lin: sheets | gowns | slide sheets | blankets
- On Sundays we have no {lin} and [use two towels|hide some on Friday]. Delivered were <60-75> of <90-100>
  [asked for|items on the list].
+ [Count on Friday at noon and send the need|A shared cage with {other}], [tell the laundry weekly with a
  chart|bring back what is hidden].
"""
