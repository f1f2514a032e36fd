"""Situations that ideas are made of: drinks, pain, last days, deterioration, bloods, moving, mothers, children. Format: sheets.py."""

TEXT = """
@hydration
% [Two people {here} came to harm from dry kidneys this year|<4-7> of <20-26> had a flag for acute kidney
  injury].
% [A drink is the cheapest medicine we have|Visitors see it before we do].
* [Jugs out of reach, cups too heavy|Drinks within reach: {when}|A cup that works]
~ when: after the bed wash | after lunch | in the evening
- The jug is [on the far side|behind the flowers] {when}, full and [too heavy|with a lid that needs two
  hands]. On a look round <6-12> of <20-26> could not [pour|reach] it.
+ [Half-full small jugs and two-handled cups|Last thing you do: drink in the hand], [red lids for those who
  need help|ask what they like at home].
* [Fluid charts nobody adds up|Fluid charts for those who need one]
- We keep <12-18> fluid charts and [<3-5> are added up|most stop at 4pm]. [It was started and never
  stopped|No one decides on it].
+ [A decision on the round: who needs one, for how long|Stickers of cups and what they hold], [total at 2,
  so that there is time to act|charts only for five].
* [An extra drinks round at {time}|Squash, ice lollies, jelly at {time}]
~ time: 10.30 | 3pm | 9pm
- Between lunch and supper there is [one tea|nothing but water]. People drank <650-900/50> ml a day [in our
  count|on average].
+ [Volunteers with a bright trolley at {time}|Ice lollies and jelly count], [a tally on the board|two weeks,
  then compare].
* [Nil by mouth and forgotten|Nil by mouth until when?]
- "Nil by mouth" hangs at the bed [long after the test|without a time]. <2-5> people a week {here} [miss two
  meals|had no drip either].
+ [A sign with from, until, why, who to ask|Remove by 2pm unless renewed], [rung through by the
  department|mouth care with it].
@pain
% [<8-14> of <20-30> said that they waited too long|Pain is the commonest reason for a bell at night
  {here}].
* [Ask again after the tablet|Pain score, and then?|Half an hour later]
- We score pain [with the obs|every four hours], give something, and [do not ask again|the next score is at
  the next round]. In <20-30> charts <5-9> had a second look within the hour.
+ [A reminder at 40 minutes on the handheld|"I'll be back at …" written on the bedside board], [movement as
  well as rest|with students to help count].
* [Before physio, not after|Pain relief before {act}|Plan tablets round {act}]
~ act: physio | the dressing change | getting up | turning
- People are asked to move and [it hurts too much|had nothing for it]. <3-7> sessions a week are [cut
  short|put off] because of it.
+ [A list the night before: who and when|Tablet 45 minutes before {act}], [therapy writes the time on the
  board|as-required prescribed for all].
* [Local numbing for {what}|Numbing cream for {what}]
~ what: cannulas | blood gases | repeat blood tests | port needles
- For {what} we [do not offer|forget] anything, though [it takes a minute|cream is in the cupboard]. Those
  who have many [dread it|ask to skip].
+ [Spray on the trolley, offered each time|Ask and note the wish once], [children and regulars first|two
  weeks, ask for a score].
* [Sickle cell: within half an hour|A pain plan on the front page|When someone knows their own pain]
- People with [sickle cell|long-term pain] explain themselves [at every visit|to each shift]. First relief
  took <45-95/5> minutes [in <8-12> visits|last quarter]; the target is 30.
+ [A personal plan on the front page and a card|Phone before coming], [trust what they say works|reviewed
  with the specialist nurse].
@lastdays
% [There is one chance to get it right|Families remember it for ever].
* [The side room, and a sign that tells people|Quiet, please: a sign for the door]
- [People come in laughing|Trolleys rattle past] when someone is dying, because nobody knows. [<2-4>
  families|A family] {here} mentioned it.
+ [A picture that all teams know: cleaners, porters, doctors|A leaf on the door], [on the board as
  well|phone off the hook nearby].
* [Just-in-case medicines before {day}|Anticipatory medicines on {day}]
~ day: Friday | the weekend | a bank holiday
- Medicines for the last days are prescribed [when it is urgent|on Sunday by someone who never met them].
  <3-5> people waited over <1-3> hours [since summer|last quarter].
+ [A look on Thursday: who may need them?|Sets of four, one click], [syringe drivers kept with two
  {here}|written with the family].
* [Home to die: in hours|Fast-track home|When home is the wish]
- When somebody wants to go home to die it takes <2-5> days: [forms, oxygen, bed|three funding calls]. <2-4>
  of <8-10> [did not make it|died here in the meantime].
+ [One number, one folder, one nurse|The palliative team starts at the first word], [bed delivered the same
  day|call the district nurses together].
* [What happens afterwards|Belongings in a proper bag|After a death: the family]
- Families are handed [a plastic bag|clothes in a clinical bag] and a [leaflet from <5-8> years ago|number
  that rings out]. [They wait days for the certificate.|They ask us and we don't know.]
+ [Cloth bags sewn by volunteers|One page: what next, who rings when], [a card after four weeks|handprint or
  a lock of hair offered].
@deteriorating
% In <14-22> cases we reviewed, [the score was right and the next step came late|<5-8> had a late second set
  of obs].
* [Obs due at {time} are late|Obs on time at {time}|Who does the {time} obs?]
~ time: 6am | 2pm | 10pm | 6pm
- On time were <52-74> % of obs at {time} {here}, the rest [in the following hour|later than that]. [It
  collides with handover.|Two machines for <24-30> people.]
+ [Move the round half an hour|One pair does all obs, one pair the washes], [sickest first|chart on the wall
  each Friday].
* [Say it in one sentence|Calling for help: SBAR by the phone|What do you want from me?]
- On the phone we [tell the whole story|forget the numbers], and the doctor asks [for each one|and we run
  back]. <3-5> calls in a night.
+ [SBAR pad next to each phone, score on top|End with "I need you here in … minutes"], [practise five
  minutes at handover|doctors say back what they heard].
* [Breathing rate: count it|Respiratory rates of {n}|Everyone breathes {n} times]
~ n: 16 | 18
- <60-80> % of breathing rates {here} are {n}. [It changes first and is measured last|We look and guess when
  busy].
+ [A sand timer on each machine|Count for a minute with the thermometer in], [a rate without oxygen noted
  too|show the spread, no names].
* [Patient and family may call|A number for families: worried?|Call for concern]
- A family [said three times that something was wrong|did not know whom to tell]. Nobody [has the number of
  outreach|tells them that they may call].
+ [Outreach number on the bedside board, for everybody|"Worried? Tell us" cards], [log each call|start on
  {other} and here].
@bloods
% [About <3-6> % of samples are rejected|The lab counted <40-90/5> repeats from {here} last month], each one
  a needle for somebody.
* [Samples rejected for {why}|Repeat bloods because of {why}]
~ why: a wrong label | being haemolysed | too little in the tube | the wrong tube
- <9-19> samples went back for {why} [in a week|last month]. We hear [hours later|by chance], and the
  patient is pricked again.
+ [Print labels at the bed, not before|A tube chart on each trolley], [lab rings within 20 minutes|show the
  count a ward on Mondays].
* [Bloods done by {time}|Early bloods for those going home|Phlebotomy order]
~ time: 7.30 | 8.00
- The phlebotomist [goes bed 1 to 28|comes at 9], so results [arrive after the round|are there at 1]. <4-6>
  people a day wait for one to go home.
+ [A star on those going home, first at {time}|List in the order that the round needs], [one ward, three
  weeks|with the lab's agreement].
* [The {tube} is {prob}|Pods queue at the {tube}]
~ tube: pneumatic tube | tube station
~ prob: blocked again | out of pods
- The {tube} was down on <4-7> days [in a month|in five weeks], and we [send people walking|find out when
  the lab rings]. No pods on [Mondays|nights].
+ [A light that shows it works|Pods home with the porter at 6], [spare route for urgent ones|text when
  down].
* [Tests we repeat without need|Do we need this blood test {often}?]
~ often: every day | again | twice
- <30-45> % of our daily bloods are [unchanged for days|not looked at]. People say [their arms are
  blue|"what was it for?"].
+ ["What will it change?" on the round|No "daily" without an end], [small tubes|count for a month with the
  lab].
@moving
% [Ten days in bed is ten years of muscle, they say|<4-8> of <20-24> walk less on leaving than on coming].
* [Up and dressed by {time}|Own clothes, own shoes|Get dressed, get moving]
~ time: 11 | lunch | 10.30
- At {time} <14-20> of <22-28> {here} were [in gowns|in bed], about half [could be up|had clothes in the
  locker].
+ [Ask families for clothes on day one|A rail of donated clothes], [a count at {time} on the board|dress
  first those going home].
* [Walk to the {dest}|Distance marks on the floor|Footprints to the {dest}]
~ dest: toilet | window | day room | end of the corridor
- People wait for physio to walk, [<10-15> minutes a day|not at weekends]. With a commode there is no reason
  to [go|get up].
+ [Marks every five metres to the {dest}|"Walks with one" at the bed], [HCAs walk with two people a shift|a
  chart for each, they tick].
* [Chairs too low|The right chair|{n} good chairs]
~ n: Five | Six | Eight
- <7-12> of <20-26> chairs {here} are [too low|sagging]. People [cannot get up without help|stay in bed].
+ [Raise legs, mark heights in colour|{n} chairs from the charity], [height in the therapy note|throw out
  the worst].
* [Weekend therapy|Saturday: what can go on without physio|A sheet for {day}]
~ day: Saturday | the weekend | bank holidays
- From Friday to Monday nobody [walks people|does the stairs]. <3-6> lose [a day|what they had gained].
+ [Three exercises with a picture at the bed|A therapy assistant on {day}], [family shows they can|for those
  who go home on Monday].
@maternity
% [<5-9> women told us in the survey|It came up in our listening session with parents].
* [Waiting for {wait}|Induction: what to expect|The wait for {wait}]
~ wait: induction | a bed on labour ward | the second scan | the newborn check
- Women wait <6-28> hours for {wait} [without being told|hungry, with the bag packed]. On <4-7> days [last
  month|in four weeks].
+ [A call at 8 with an honest time|Come in when there is a room], [a board with the reasons|one midwife who
  owns the list].
* [Going home after birth before {time}|Newborn checks before {time}]
~ time: 2pm | noon | teatime
- Families wait for [the newborn check|medicines and letter] till evening: <5-9> of <9-13> [on Sunday|one
  day].
+ [Midwives trained in the check, <3-5> more|Check on the way of the round at 8], [discharge talk as a
  group, twice a day|film on the phone].
* [Partners at night|A chair for partners|Where do partners sleep?]
- Partners [are sent home at 9|sleep on the floor]. After a caesarean [you cannot lift your baby|each time
  is a bell].
+ [Recliners in bays 1 and 2|Ask each woman what she wants], [quiet rules for all|two months, ask everyone].
* [Feeding support on day {day}|Help with feeding at {when}]
~ day: two | three
~ when: night | weekends
- Help with feeding is [Monday to Friday|by day]; most difficulties are [at night|on day three, at home].
  <4-8> came back [for weight|last month].
+ [Peer supporters on Saturday and Sunday|Video call at 7pm], [tongue-tie clinic weekly|one message from all
  of us].
@children
% [We asked <12-20> children with smiley cards|Parents and children drew it for us].
* [Play before {what}|Less fear before {what}]
~ what: blood tests | theatre | the plaster saw | cannulas
- Before {what} children [wait in the corridor where others cry|see the trolley first]. <3-7> a week need
  [two tries|to be held].
+ [Bubbles, a film, a job to do, in a drawer|Play specialist on the list], [numbing cream at the door|one
  voice talks].
* [Teenagers among toddlers|A corner for over-12s]
- A 15-year-old next to [a baby|painted elephants] [said he would rather go home|asks for headphones]. <2-4>
  each week {here}.
+ [A table, chargers, a lamp, Wi-Fi code|Ask three of them to design it], [time alone with the doctor
  offered|after eight the TV is theirs].
* [Meals for parents|Breakfast for parents who stay|A fridge for parents]
- Parents who stay [eat leftovers|leave a crying child to buy food]. The café opens [at 9|late and costs
  <8-12> pounds a day].
+ [Toast and tea at 7|Vouchers and a fridge], [especially for those nursing|charity would pay a pilot].
* [Moving to adult care at {age}|{age}, and suddenly another building]
~ age: 16 | 17 | 18
- At {age} young people [get a letter|change team, building and rules]. <4-6> of <14-18> missed the first
  adult visit.
+ [One joint clinic each quarter|A visit and a name to text], [start at 14|a passport they write].
"""
