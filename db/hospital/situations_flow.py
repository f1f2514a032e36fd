"""Situations that ideas are made of: discharge, A&E, handover, theatre starts, imaging. Format: sheets.py."""

TEXT = """
@discharge
% Of <10-18> discharges {here} last week, <3-7> left before noon.
% [Meanwhile someone waits downstairs for the bed|Each late discharge is somebody's long wait in A&E].
% The person is [dressed and ready|sitting with the coat on] from [9|half past nine] and we feel bad walking
  past.
* [Discharge medicines are written on the day|TTOs the day before|Waiting for tablets to go home]
- [The TTO is written after the ward round|Take-home medicines are prescribed at 11 or later], pharmacy gets
  [everybody's at once|<15-30> within an hour] and people wait until [3|4|teatime]. {Here} it was the reason
  for <4-9> of <10-16> late discharges.
+ [Write them the afternoon before for everyone with a date|A TTO slot at 2pm for tomorrow's people], and
  [the pharmacist on the ward checks there|corrections only in the morning].
* [Transport booked, patient not ready (and the other way round)|Ambulance transport: one list]
- [Transport comes when the bag is not packed, or not at all|Crews arrive and the letter is missing]. <3-6>
  journeys were cancelled [last week|in ten days] {here}, and each re-booking cost [a night|<3-6> hours].
+ [One person books and ticks letter, keys, medicines, clothes|A five-item card at the bed end], and ask
  about [a lift from the family|own transport] [on the day of admission|at the first board round].
* [Board round: who does what by when|The board round is {len} minutes of reading out]
~ len: 40 | 45 | 50 | 35
- The board round takes {len} minutes and [we go through every diagnosis|repeats the handover]. At the end
  [nobody is sure who rings whom|the jobs are in five heads]. The jobs for tomorrow's discharges start [at
  noon|after lunch].
+ [Tomorrow's people first|Sickest, going home, the rest], one sentence each, [a name and a time to each
  job|jobs on magnets], and stop after 15 minutes.
* [Weekend discharges need criteria|Friday plans for Saturday discharges]
- On Saturdays <3-6> people {here} could go home, but [the covering doctor does not know them|there is
  nothing written that allows it]. They stay until [Monday|the Monday round].
+ Write on Friday "may go home if …" [with three criteria|in the notes and on the board], so that [the nurse
  in charge can discharge|therapy and nurses can decide].
* [Nobody at home knows they are coming|Tell the family the date early|Keys, heating and milk]
- [We tell families on the morning itself|Relatives hear of it at 11]. Then there is no key, [the heating is
  off|no food in the house|nobody to let them in], and <2-5> discharges a [week|fortnight] fall through.
+ A card on day one: [expected date, what must be ready at home, our number|"we think you will go home on
  …"], and [the volunteer rings two days before|update it in pen when it changes].
* [The discharge lounge has no {thing}|Why we do not use the discharge lounge|Discharge lounge by {by}]
~ thing: recliner chairs | nurse after 5 | hot food | oxygen points
~ by: 9.30 | 10am | half past ten
- The lounge [takes only people who can sit for hours|has no {thing}], so [we keep people in bed|wards stop
  asking]. We sent <1-4> of <11-17> people there [last week|in the week I counted].
+ [Two recliners and a lunch trolley stop|Ask what each ward needs to send people], and [someone from the
  lounge comes round at 9 with a chair|names of tomorrow's people the evening before].
* [Equipment for home ordered too late|Commode, frame and key safe: order earlier]
- [A commode or bed lever is ordered the day before|Therapists order when the date is sure], and delivery
  takes <2-4> working days. <3-8> people waited for it {here} in [September|the last month] although they
  were [well|medically ready].
+ [Keep a few of the five commonest items on site|A small store that therapy can hand out from], and [order
  big items on day two, cancel if not needed|let families collect].
* [The discharge letter says less than it should|Letters that make sense to the GP and the patient]
- GPs ring us about [what was stopped|who follows up|blood tests] <6-14> times a week. The letter {here} has
  [two pages of results|a lot of pasted text] and [the plan is at the very end|no line about who does what].
+ [Put "what we ask of you" on top|Three lines first: what happened, what changed, who does what next], [and
  read it with the patient|tested with two practices for a month].
@ae
% [The waiting room was standing room only on <4-9> evenings this month|Mondays from 11 are the worst].
% <5-12> % left before they were seen [last month|in the first week of October].
* [People do not know how long it will be|Waiting time on the screen|What happens next in A&E?]
- [The question we hear most is "how much longer?"|Reception answers the same question all evening]. On one
  late I was asked <22-45> times. [The screen shows a film about flu.|Nobody tells people that being called
  in is not the end of the wait.]
+ [A board with four steps and the wait for each, updated every hour|A sheet at check-in: you are here, next
  comes …], and [a walk round the waiting room at each hour|a word to everyone who has waited three hours].
* [Bloods at triage for {what}|Start tests while people wait]
~ what: chest pain | tummy pain | the over-75s | people sent by their GP
- [People wait <2-4> hours and only then have bloods|Bloods are taken after the doctor's look], and wait
  <60-100/10> minutes more for the result. For {what} we [know at triage what will be asked for|always send
  the same set].
+ [A trained HCA next to triage from 10 to 10|A sticker with the set], [results ready when the doctor
  comes|first for {what}, four weeks].
* [Pain relief while waiting|Offer pain relief at the door]
- Of <30-50/5> people with [an ankle or wrist injury|moderate or severe pain] <11-19> had nothing for it in
  the first hour. [Triage can give it, but the cupboard is in majors.|They did not want to bother us.]
+ [A small locked cupboard at triage|Paracetamol and ibuprofen under a patient group direction], and [a
  poster: in pain? tell us|ask for a score again after an hour].
* [Handover from ambulance crews|Crews queue in the corridor at {time}]
~ time: teatime | 11am | 6pm on Mondays
- At {time} <3-6> crews queue [in the corridor|by the doors]. [The story is told three times|We ask, the
  crew tells, then the doctor asks again]: <9-16> minutes each.
+ [A standing nurse for handover between 4 and 8|Everyone who needs to hear it stands at the trolley once],
  and [those who can sit go to the chairs|fit-to-sit is asked first].
* [Specialty doctors come one after the other|Referred and waiting]
- After referral people wait <2-5> hours for [the medical team|surgeons|a specialty doctor], often to be
  told [it is for the other team|that another test is needed].
+ [Agree ten common pathways on one page|Referral by one call with both teams], and [the clock since
  referral on the board|a huddle with the registrars at 3 and 9].
* [Plaster room, minor injuries: a {day} gap|Minors stop when majors is full]
~ day: Sunday | Saturday | Monday morning
- When majors is full we [move the nurse practitioner out of minors|close minors]. [On {day}|Last {day}]
  <12-22> people with small injuries waited over four hours for [a ten-minute job|stitches or a plaster].
+ [Ring-fence one practitioner and one room|Keep the minors line going], {day} first, and look at [the
  longest wait|the numbers] [both sides|after a month].
* [Food and water in the waiting room|Vending machine broken again]
- The machine [takes no cards|is empty by 8pm] and [the water cooler is behind the doors|there are no cups].
  People with diabetes and [parents with small children|older people] wait <4-7> hours.
+ [A drinks trolley with a volunteer at 12, 5 and 9|A tap with cups in sight], [and a sign of who should not
  eat before being seen|biscuits and fruit kept at reception].
* [A quiet place for people in distress|Mental health: not the corridor, please]
- People who come in crisis wait [in the corridor|next to resus], under bright lights, <5-11> hours at
  worst. [It makes everything worse.|<2-4> left before they were seen last month.]
+ [The relatives' room with softer light and two heavy chairs|A calm box: headphones, blanket, phone
  charger], and one named person [each hour|who comes back when they said they would].
@handover
% [Two of us stayed on <15-35/5> minutes after the shift|We finish late on <3-5> days out of seven].
% [Bank and agency colleagues notice it most|Students ask why, and we have no answer].
* [Handover takes {len} minutes|{len} minutes of handover and still things are missed]
~ len: 45 | 40 | 50 | 35
- [We read the whole sheet aloud|Everyone hears about everyone]: {len} minutes for <24-32> patients, with
  bells ringing outside. What gets lost is [the job that is due in the next hour|the blood at 10|who is
  waiting for what].
+ [Five minutes for all: sick, at risk, changes|A safety briefing for everybody], then [at the bedside with
  your own patients|by bay, patient included].
* [The sheet is out of date when it is printed|Handover sheets: four versions|{n} versions of one handover
  sheet]
~ n: Three | Four | Five
- [Nights update one, the clerk another|There are {n} copies on the shared drive]. On [Monday|Wednesday]
  <3-6> of <24-30> lines {here} were wrong: [a resuscitation status|diet|a moved bed|isolation].
+ [One sheet that pulls from the system|One file, with the time on top], and [each nurse corrects their own
  lines before printing|printed at 7 and 7 only].
* [Doctors and nurses hand over apart|Night team does not know what the day team promised]
- Doctors hand over at [8.30|9], nurses at 7.15. [Plans for the night|What was promised to the family]
  [reach one of the two|are found by chance]: <3-7> calls a night {here} are only about that.
+ [The nurse in charge joins for five minutes at 9pm|One shared list "tonight"], [three lines a patient who
  may get worse|with if-then: if the pressure drops, then …].
* [Patients from {from}: the phone handover|{from} to ward: ask once]
~ from: Theatre recovery | A&E | Critical care | The assessment unit
- {from} rings, [the nurse is with someone|no one is free], and rings again: [up to <4-6> calls|<10-25/5>
  minutes] a patient. Then the patient comes and [the drain|the last dose|the allergy] was not mentioned.
+ [A one-page handover that travels on the bed|Same five headings both sides], [read together when the
  patient comes|with a time agreed instead of a call back].
* [Handover in the corridor can be overheard|Privacy at handover]
- We hand over [at the station|in the corridor], and [visitors stand two metres away|people in bay 1 hear it
  all]. <2-4> people have told us that they heard [about their neighbour|more than they wanted].
+ [The quiet room is free at 7|Use the day room] for the briefing, and at the bedside [only what the patient
  may hear aloud|show, do not say, the sensitive lines].
* [Therapists are not in the handover|What physio found yesterday stays in physio notes]
- [How somebody moves is written in therapy notes|Therapy plans are in another system], so at night we [use
  a hoist for someone who walks with one|keep people in bed]. It happened with <3-5> of our <24-30> patients
  [on Sunday|last weekend].
+ [A mobility line on the bedside board, written by therapy|Therapy joins the 8.15 huddle three minutes],
  [the same words everywhere|pictures: one person, two, hoist].
* [Jobs left for the next shift|The half-done list|A fair list of what is left]
- Things that are [nearly done|waiting for someone] are told in passing: [a swab to send|a form to sign|a
  relative to ring]. About <4-8> a day surface [hours later|when somebody asks].
+ [A whiteboard "still to do" with a time and initials|Last ten minutes of the shift: walk and write],
  rubbed off only [when done|by the one who did it].
* [Site handover: bed numbers and no names|The 8 o'clock site call]
- On the site call we give [bed numbers|numbers] for <15-25> minutes. [What would help|Staffing gaps and
  worries] comes at the end, when [half have left|people hang up]. {Here} we prepare <20-30/5> minutes for
  it.
+ [Numbers from the system before the call|Numbers by message at 7.45], and the call is for [what worries
  you, who can help|three questions only], ten minutes.
@theatre
% On <6-11> of <14-20> lists the first patient was in the room more than 20 minutes late.
% [One case was cancelled for time|<2-4> people were sent home] [that week|last Thursday] who had been
  starving since midnight.
* [First patient not ready at 8.30|Golden patient: decide the day before|The first case on the list changes]
- The order changes [in the morning|after the team brief], so the first patient is [still at home|not
  marked|in the wrong gown]. {Here} that cost <15-40/5> minutes on <3-6> lists in two weeks.
+ [Agree the first patient by 3pm and do not change|A golden patient: simple, first seen, marked by 8], [and
  send before the brief|both the ward and theatre get the same text].
* [The team brief waits for one person|Team brief at {time}, with whoever is there]
~ time: 8.00 | 8.10 | 8.15
- The brief is planned for {time} and starts at [<8-9>.<30-45/5>|half past]. [We wait for one of us who is
  on the ward round|Consent is done at the same time]. Kit questions then come [too late|when the patient is
  asleep].
+ [Start at {time}, a stand-in speaks|Consent the day before in clinic], and [write the start on the
  wall|tell sterile services at once what is missing].
* [Kit missing on the tray|Loan kit arrives the same morning|{kit} not there when we need it]
~ kit: Loan sets | The second drill | Retractors | Long instruments
- {kit} [came incomplete|were not back from sterile services] on <3-6> days in [a month|four weeks], and we
  noticed [at the check in theatre|with the patient on the table].
+ [Check tomorrow's kit at 2pm|A photo list a set], with [one phone number in sterile services|a red tag on
  anything incomplete].
* [Waiting for a porter to send|Send earlier: who fetches the patient?]
- From "send" to arrival takes <18-40> minutes, [<2-3> of them walking|for a six-minute walk]. [The porter
  comes and the patient is in the toilet.|The checklist is done twice, ward and door.]
+ [Walk those who can walk, with a nurse|A theatre porter for the first hour], and [ring when the one before
  is closing|checklist signed before the call].
* [Fasting since midnight for a 2pm operation|Sip until send|Clear fluids until theatre calls]
- People on the afternoon list had nothing to drink for <9-16> hours [on average|in our look at <15-25>
  patients]. They arrive [with a headache|dry, hard to cannulate and worried].
+ ["Sip til send": water until called|Clear drinks until two hours before, told in plain words], [a cup with
  the rule on it|letters changed and the fasting sign taken off the bed].
* [Turnover between cases|{mins} minutes between two patients]
~ mins: 28 | 32 | 36 | 41
- Between cases we have {mins} minutes [on average|in the middle]. [We clean, then fetch, then set up, one
  after the other.|The next one is sent for when the room is clean.]
+ [Do it in parallel: send at closing, set up in the prep room|A pit-stop card with who does what], [one
  list, one month|with the times on a chart on the wall].
* [Recovery full, theatre stops|No bed after surgery]
- Recovery was full on <4-7> afternoons and [theatre waited <20-55/5> minutes|we recovered people in
  theatre]. The ward bed was [clean but not handed over|empty on the system an hour later].
+ [A call at noon: who goes where by when|Ward nurse fetches], and [the first three beds named in the
  morning|stagger the day cases].
* [Cold patients|Warm before theatre|Blankets on the way to theatre]
- <5-9> of <20-28> people were below 36 degrees [in recovery|on arrival]. They wait in a gown [by the
  door|in a cold corridor] for <15-30> minutes.
+ [Warm gowns or a blanket in the waiting area|Start the warmer in the anaesthetic room], [temperature in
  the brief|dressing gown and socks from home].
@imaging
% [The scanner stood empty <20-45/5> minutes on Tuesday because of it|About <5-9> slots a week go unused].
% It adds [a day|half a day] to the stay [of <4-9> people a week|more often than you would think].
* [Patients arrive for a scan not ready|Cannula, consent, checklist: ready for {scan}|Ready for {scan}?]
~ scan: CT | MRI | an ultrasound | a CT with contrast
- People come for {scan} without [a cannula|the safety form|recent kidney bloods], and go back. [Last
  week|In one week] it was <5-11> of <60-90/5> inpatients[, two of them twice|].
+ [A four-tick card on the porter's request|The ward gets a call an hour before with three questions], [no
  ticks, no porter|and a spare patient who is ready].
* [Which scans are urgent?|Everything is requested as urgent]
- <60-80> % of inpatient requests are "urgent". [So urgent means nothing|We sort them by who rings]. The
  team takes <30-55/5> calls a day [asking when|to move somebody up].
+ [Three classes with a time: 1 hour, today, before discharge|Ask instead "what waits for it?"], [first
  those who go home on the result|shown on the ward's screen].
* [When is my scan?|Wards can't see the scan list|Show the inpatient list for {scan}]
~ scan: CT | MRI | ultrasound
- [The ward learns of the {scan} slot when the porter stands there|We cannot see the {scan} list]. People
  [miss lunch|are in the shower|stay fasted for nothing], <3-6> a week {here}.
+ [A read-only view of the list|A message to the ward's phone with an hour's notice], [morning and afternoon
  as a minimum|tested on two wards].
* [Portable X-rays that could go down|Portable X-ray "just in case"]
- About <8-15> portable X-rays a week are for people who [walk to the toilet|sit in the chair]. The picture
  is worse and [it takes two of us <20-30> minutes|the queue gets longer].
+ [A question in the request: why not in the department?|A radiographer may change it], [with the ward told
  by phone|and a slot without wait for those who come down].
* [Reports are back and nobody looks|Unexpected findings: who is told?]
- [Reports come after the patient has left|A report may come when the team has changed]. We found <2-5> with
  [a finding that needs follow-up|a nodule] that had been [unread for <6-20> days|sent to a doctor who had
  rotated].
+ [A shared results inbox a team, looked at every day at 2|A code in the report that alerts the team],
  [signed off by name|and a copy to the patient].
* [Children and scans: fewer under anaesthetic|Practice for the MRI noise]
- Some children need an anaesthetic because they are [afraid of the noise|not prepared]. <4-8> in the last
  [quarter|ten weeks] might have managed with [play|time].
+ [A play specialist and a toy scanner|A film with the sounds, sent before], [a slot twice as long|on
  Wednesdays when it is quiet].
* [Outpatient {scan} slots missed|Evening {scan} slots that people can pick]
~ scan: ultrasound | MRI | DEXA
- <7-14> % do not come for their {scan}. [The letter comes <3-5> days before.|There is no way to change it
  but a phone line that is engaged.] [Those I asked had work or no lift.|]
+ [Text with "reply 1 to change"|Let people choose, evenings too], and [a list of who can come at short
  notice|ring the ones with two changes].
* [The walk from X-ray to the ward|Lost in the lower corridor|Waiting in the corridor for a porter back]
- After the scan people wait <20-50/5> minutes for the way back, [in a gown, in the corridor|next to the
  outside door]. <4-8> a day [could walk with somebody|are within sight of their ward].
+ [Blankets, a bell and a screen|A volunteer for those who walk], [and the porter who brings waits if it is
  under ten minutes|return booked at the start].
"""
