"""Situations that ideas are made of: falls, medicines, sepsis, pressure ulcers, infections. Format: sheets.py."""

TEXT = """
@falls
% Most of our falls are [between 4 and 7 in the morning|in the bathroom or on the way to it|unwitnessed].
% We had <2-6> falls {here} last month and <1-3> of them went this way, as far as we can tell.
% [Nobody was hurt so far|No harm yet], but [it is a matter of time|we have been lucky].
* [Call bells end up out of reach|Call bell out of reach after {event}|Where does the call bell go after
  {event}?]
~ event: a linen change | moving the bed table | a bed bath | the drugs round | visiting time | a bed move
- [After {event} the call bell is often|The call bell keeps ending up] [behind the bed|on the floor|clipped
  to the wrong side|under the pillow]. On a walk round {here} [last week|on Tuesday|yesterday evening],
  <4-9> of <18-28> patients could not reach theirs[ and two were getting up on their own|].
+ [A clip on every bell lead|A short loop of tape on the bed rail|One coloured clip a bed], and the last
  question before leaving any bed space is "[can you reach your bell?|is your bell in your hand?]"[ Signs at
  eye level.|]
* [Walking aids parked out of reach|Frames left across the bay|{aid} not next to the bed]
~ aid: Walking frames | Frames and sticks | Walking aids
- {Aid} [get moved for cleaning|are pushed to the end of the bay at mealtimes|stay by the door after
  therapy] and people set off without them[, holding on to the furniture|]. [I counted|We counted] <5-12>
  out of place {here} in one [morning|late shift|walk round].
+ [Coloured tape on the floor to mark|A hook on the bedside chair for|A sticker on the locker that shows]
  where the frame lives, [and cleaners, therapists and us all put it back there|with the bed number on each
  frame].
* [Slippers and socks for people who come in without|Wrong footwear on the first night]
- People come up from [A&E|the assessment unit] [in socks|with one shoe|in foam slippers that are too big].
  {Here} we run out of [non-slip socks|medium and large grip socks] by [Thursday|the weekend], and the first
  night is when [they do not know the way to the toilet|the floor is new to them].
+ [Keep a box of grip socks in three sizes at the nurses' station|Give grip socks with the wristband in
  A&E], topped up [with the linen|every Monday and Thursday]. Put size on the [admission checklist|bedside
  board].
* [Toilet rounds before the drugs round|Offer the toilet before we are all busy at {time}]
~ time: 8am | 10pm | 5.30pm | handover
- [Around {time} everybody needs the toilet at once|The bells all go around {time}] and we are [in
  handover|tied up with medicines|giving out trays]. That is when people [try on their own|get up without
  waiting]: <3-7> of our last <9-14> falls were within an hour of {time}.
+ A [planned round|quick walk round] half an hour earlier: [one HCA a bay asks everybody|offer, not ask if
  needed]. [Tick on the bedside chart.|Start with the two bays nearest the station.|]
* [The dark stretch between bed {bed} and the toilet|Night lights on the way to the toilet]
~ bed: 4 | 7 | 11 | 16 | 19 | 22
- At night it is [very dark|pitch dark|all or nothing] between bed {bed} and the toilet. Either we put the
  main lights on and wake [everyone|the whole bay], or people [feel their way along the wall|walk in the
  dark]. [Two of the old low lights do not work.|The sensor light has been out for <2-6> weeks.]
+ [Battery motion lights at skirting height|Plug-in low-level lights], [about £<8-15> each|<4-8> would do
  the whole route], and [a picture of a toilet|a yellow door] so that it is found without asking.
* [Lying and standing blood pressure is often missing|Make lying and standing BP easier to do]
- [In a look at <20-30> sets of notes|When I checked <20-30> charts] only <6-11> had a lying and standing
  blood pressure within [48|24] hours, though it is [on the admission plan|in our falls bundle]. It takes
  two people and <5-8> minutes, so it slips to the next shift[ and the next|].
+ [Do it together with physio's first assessment|Pair it with the morning wash, when two are there anyway],
  and put [a magnet|a blue dot] on the board until it is done.
* [Bed rails and bed height not handed over|Show the bed height plan at the bed|Low bed, but left high]
- [After {proc} the bed is often left at working height|Beds come back high from {proc}]. The plan is in the
  notes, but [the porter, the student and the bank nurse cannot see it|not at the bed]. I found <3-8> {here}
  in [two days|one week] that should have been low.
~ proc: a dressing change | theatre | X-ray | a bed wash | physio
+ [A laminated strip on the bed end|A magnet on the bedside board] with a picture of [high, middle and
  low|the height agreed], checked [as part of the intentional rounding|at every handover at the bedside].
* [After a fall we each do something different|A fall pack in one place|Hot debrief after a fall]
- After a fall {here} we [look for|lose time looking for] the [hoist sling, the flat lifting kit|neuro obs
  chart and the scoop] in <2-4> places. What we learnt stays [with that shift|in the incident form] and [the
  next shift hears about it by chance|we repeat it].
+ [One red bag on the crash trolley's hook with all of it|A grab bag], and five minutes afterwards with
  whoever is there: [what was different today?|what would have stopped it?] Write it on the huddle board the
  same day.
@medication
% We reported <3-9> near misses like this in the last quarter[, all caught in time|].
% [It is an accident waiting to happen|It has not reached a patient yet] and everybody {here} knows the
  work-around.
% Pharmacy [see the same on other wards|would support this; I asked].
* [Interruptions during the drugs round|The drugs round is interrupted all the time]
- [I was interrupted|On one morning round the nurse was interrupted] <9-17> times [in <50-80/5>
  minutes|between bed 1 and bed <12-24>]: the phone, [relatives|visitors], doctors, [the bleep|the door].
  [Each time you start the check again.|Twice I had to go back to the beginning.]
+ [A red apron did not help us on its own.|No tabards please.] Instead [one person a shift answers the phone
  from 8 to 9|the ward clerk takes messages on a pad|we agree that questions wait until the trolley is
  back].
* [Look-alike boxes of {drug} side by side|{drug}: two strengths, same box]
~ drug: insulin pens | heparin | potassium ampoules | morphine ampoules | gentamicin | levothyroxine |
  prednisolone
- Since the supplier changed, [two strengths of {drug}|the two {drug} boxes] look nearly the same, and they
  sit [next to each other|on the same shelf] in the [treatment room|cupboard|fridge]. [The wrong one was
  picked up and put back <2-4> times this month.|A second checker noticed it on Sunday.]
+ [Separate shelves and a bright divider|A yellow bin for the stronger one], and ask pharmacy [to send one
  strength only as stock|for tall-man labels|about another supplier].
* [{tdrug} given late|On time every time: {tdrug}|{tdrug} cannot wait for the round]
~ tdrug: Parkinson's medicines | Anti-epileptics | Insulin before meals | The first dose of antibiotics
- {tdrug} are due at their own times, but [our round starts at 8|the round decides] and bed <18-28> is last.
  Of <22-40> doses we looked at, <7-15> were more than [half an hour|an hour] late[, mostly at weekends|].
+ [A clock sticker on the locker and a vibrating timer in the nurse's pocket|An alarm on the handheld], and
  [start the round with those patients|whoever is able keeps and takes their own].
* [The drug fridge and cupboard keys go walkabout|Waiting for keys again|One set of keys, <24-30> beds]
- We [look for|spend ages looking for] the keys: yesterday <6-14> times, up to <4-9> minutes. They were [in
  a pocket at break|in the side room|with the nurse taking a patient to scan]. Pain relief waits for it.
+ [A key tracker on a lanyard|Swipe access with our badges like {other} has] or at least [a second set
  signed for at handover|a hook in the locked room and a rule that they live there].
* [Allergies: the wristband, the chart and the system differ|Red wristbands missing]
- [On arrival from {from}|When patients come from {from}] the allergy status in [the e-prescribing
  system|the drug chart] and on the wristband did not match in <4-8> of <25-35> patients. [Some say
  "allergic" when it was a stomach upset.|The type of reaction is nearly always blank.]
~ from: A&E | the assessment unit | another hospital | pre-op
+ [Ask together at the first drugs round|Pharmacist confirms at reconciliation], write [the reaction, not
  just the drug|what happened and when], and change the band [there and then|from a roll kept on the
  trolley].
* [Patients' own medicines left behind after a move|Green bags get lost between wards]
- [When a patient moves from {from}, their own medicines stay behind|Own medicines do not travel with the
  patient]. We then [re-order|wait for pharmacy] and doses are missed: <5-11> green bags were in [the old
  cupboard|a drawer] at the end of [last month|the week].
~ from: the assessment unit | A&E | critical care | another ward
+ [A line "own medicines in the bag?" on the transfer sheet|The bag travels on the bed, on the notes
  trolley's hook], [and the receiving nurse looks before the porter goes|checked aloud at the handover].
* [Controlled drugs: waiting for a second checker|Second checker for controlled drugs at night]
- [On nights|With two registered nurses on a late], the second checker for controlled drugs is [often at the
  other end of the ward|in a side room]. People in pain waited <15-40/5> minutes [on <3-6> occasions last
  week|in my last set of nights].
+ [An agreement with {other} to be each other's second checker|A call button for "checker please" on the
  handset], [tested for a fortnight|with the time from asking to giving written down].
* [Discharge medicines explained in the corridor|What the new tablets are for]
- [We hand over a bag and a list|Tablets are explained at the door], when the transport is already waiting.
  Of <12-20> people we phoned after <2-4> days, <5-9> did not know [what they had stopped taking|which ones
  were new|why the dose had changed].
+ [The evening before|As soon as they are prescribed], <5-10> quiet minutes with [the pharmacy
  technician|the nurse], with a one-page [plain list: new, changed, stopped|chart with times of day], and
  let them say it back.
@sepsis
% [Each hour counts here|We all know the hour matters], and the delay is rarely the decision, it is the
  fetching.
% Of <14-26> patients audited in [spring|the last quarter], <6-11> had antibiotics within the hour.
* [Everything for the sepsis six in one box|A sepsis trolley {where}|We run round for the sepsis kit]
~ where: by bay 2 | in resus | in the treatment room | next to the blood gas machine
- [Cultures, lactate tubes, giving sets and the first antibiotics are|The kit is] in <4-6> different places
  {here}. [I timed it:|When we timed a drill it took] <7-15> minutes to get it all together[, and we had no
  culture bottles|].
+ A [sealed tray|grab bag|drawer with a lid], checked [by the night HCA|with the resus trolley], that
  [contains all of it and a laminated card|is kept {where}]. Break the seal, use it, swap it.
* [High NEWS at {time}, who looks?|Escalation of a NEWS of 5 at {time}]
~ time: shift change | weekends | night | meal breaks
- With a NEWS of 5 or more the [system|chart] tells us to escalate, but at {time} it is not clear [who is
  on|which bleep to use]. [In <3-6> cases the first call went to the wrong team.|We tried <2-3> numbers
  before one answered.]
+ [One number for the whole site|A name and number at the top of the huddle board, changed at every
  handover], and [the question "could this be sepsis?" said aloud in the call|a script on the phone].
* [Antibiotics are prescribed, but not given yet|The gap between prescribed and given]
- [The first antibiotic is prescribed quickly|Prescribing is fast now], but nobody [tells the nurse|knows it
  is there] until the next look at the chart. In <10-18> patients {here} the gap was <35-90/5> minutes [on
  average|in the middle].
+ [Say it and hand over the vial|Prescriber tells the nurse face to face or by phone, every time], [and a
  red flag icon on the board|with first doses kept as stock in the cupboard].
* [No second cannula, no cultures: phlebotomy after 6|Cannulas after six o'clock]
- After 6pm [there are <2-4> of us who can cannulate|only the doctor can take cultures {here}]. One
  [evening|night] <2-3> patients with suspected sepsis waited [for the same person|more than <40-70/5>
  minutes].
+ [Train <4-8> more of us, two a shift|Book the skills lab {here} for an afternoon], and put who is able [in
  the roster with a small c|on the board].
* [Relatives noticed before we did|Listen when the family says "she's not herself"]
- [Twice this month|In two cases we talked through] the family said ["he is not himself"|"something is
  different"] <2-6> hours before the score went up. There is no place [to write that|on the chart for it].
+ [Add a line "family or patient worried" to the obs|One question at each round: is anybody worried?], and
  treat a yes as a reason to [look again|repeat the obs in half an hour].
* [Lactate results take too long|The blood gas machine {mach}]
~ mach: is two floors away | is often calibrating | locks people out
- For a lactate we [walk to the machine on the next floor|send it to the lab], which takes <12-30> minutes[
  there and back|, longer at night]. [<2-5> of us have no log-in for the machine|The machine {mach}] and
  then we borrow.
+ [Log-ins for all registered staff {here} with the induction|A shared trial of a hand-held analyser with
  {other}], and a list of which machine is [working|nearest].
* [Sepsis in people who look well|Chemo patients and the side door]
- People on [chemotherapy|steroids or immunosuppressants] can look [quite well|fine] and sit in the [waiting
  room|corridor] with a temperature. <3-7> of them waited over <60-120/10> minutes in [October|the last
  eight weeks].
+ [An alert card that goes straight to triage|A red wallet card that reception knows], [and a sign at the
  desk: "on chemo? tell us now"|with the direct number of the on-call team on the back].
* [The sepsis form asks the same as the obs|Two sepsis forms]
- The [paper|separate] sepsis tool repeats [<6-9> things|what is] already in the e-obs. [It is filled in
  afterwards.|In <11-19> of <20-30> cases it was completed after the treatment.] It does not help the person
  who is deciding.
+ [Stop the form for a month {here} and see|Let the e-obs make it] and keep [a one-line prompt|the clock
  only].
@pressure
% <2-5> category 2 ulcers {here} since [April|the summer|last quarter]; [two were heels|most were heels].
% [We can do better on this|It hurts, it is slow to heal and much of it can be prevented].
* [Heels, heels, heels|Heel offloading gets lost in {place}|Look at heels at every {place}]
~ place: transfers | bed washes | theatre recovery | night rounds
- Heels are [forgotten|often under the blanket and not looked at], above all after {place}. In [a spot
  check|one afternoon's check] <5-9> of <14-22> people at risk had heels [flat on the mattress|on the bed
  end].
+ [A mirror on a handle on each obs machine|Heel boots in the linen room, not in the store], and ["socks
  off" as part of the morning wash|a red heel on the bedside board].
* [Waiting for a pressure-relieving mattress|Air mattress ordered at {time}, arrives next day]
~ time: 2pm | 4pm | 5pm | teatime
- A dynamic mattress asked for at {time} arrives [the next day|<9-18> hours later], because [the store
  closes at 4.30|porters need a request on the system]. The person lies on [a foam one|the trolley]
  meanwhile.
+ [Keep <2-3> ready {here}|A small pool between us and {other}] [with a swap log|, cleaned and plugged in],
  refilled the next morning.
* [Hours on a trolley|Skin checks for people on trolleys in A&E]
- Frail people spend <5-11> hours on [a hard trolley|narrow trolleys] before they get to us, and the first
  skin check is [on the ward|after that]. <2-4> of the last <8-12> ulcers were [there on arrival|first seen
  within a few hours].
+ [A trolley topper for everybody over 75|Swap to a bed at four hours], and a skin check [with the first set
  of obs|by the frailty nurse].
* [Turning charts say yes, the person says no|Repositioning at night]
- The two-hourly turns are [all ticked|recorded as done], but [people wake up sore|the person ends up on the
  same side]. [With two on a night|When it is busy] we do them in one go at <2-4>am and write the rest.
+ [Write what position, not a tick|A clock face at the bed end that shows left, back, right], and [agree
  with each person what they can do themselves|plan the turns in pairs at the start of the night].
* [Skin under {dev}|Sore ears and noses from {dev}]
~ dev: oxygen tubing | collars and splints | NIV masks | catheter straps | stockings
- {Dev} [cause more sores than mattresses|leave marks that nobody looks under]. We found <3-6> [in a
  month|in five weeks], none of them on the [skin map|form] because it only shows [the back|heels and
  sacrum].
+ [Soft pads kept with the tubing|Look under every device once a shift], and draw [the face and
  ears|devices] onto the skin map.
* [Sitting out too long|The chair is a risk too]
- People are helped out [at 8|before breakfast] and sit until [after lunch|the late shift]. <4-8> of <10-16>
  were in the chair more than three hours on [an ordinary Wednesday|the day I looked], on a [flat|worn]
  cushion.
+ [Back to bed or a stand at two hours, with the hot drinks round|A kitchen timer on the table], and
  [replace the <8-14> worst cushions|order cushions with a date on them].
* [Photos of wounds|Which stage is it? Photos would help]
- [Different people give the same wound a different category|We describe wounds in words and disagree].
  Tissue viability comes [twice a week|on Tuesdays and Fridays], and <4-7> of <10-15> referrals could have
  been answered from a picture.
+ [The ward camera app with consent on the form|Secure photos sent with the referral], answered the same
  day, [ruler in the picture|same light, same distance].
* [Incontinence pads: the right size at night|Moisture damage is not a pressure ulcer]
- [At night we have one size of pad|The right pads run out by Saturday], so skin is wet for longer. <3-7>
  reports [last quarter|since June] as pressure damage were moisture damage.
+ [A picture card of pad sizes on the cupboard|Barrier cream in the bedside drawer, named], and [half an
  hour of teaching at handover, <3-5> days running|a top-up on Friday noon].
@infection
% Our hand hygiene score was <84-96> % last month; [the misses are mostly before touching the patient|it
  dips at 4pm].
% [We closed a bay for <3-6> days in winter|An outbreak cost us <4-9> beds last winter].
* [Hand gel is never where you stop|Gel dispensers {loc}|Empty gel at {loc}]
~ loc: at the bay entrance | by the notes trolley | outside side room <2-9> | at the lift
- The gel [{loc} is empty or stiff|{loc} is behind the door when it stands open]. [I watched for half an
  hour:|In <20-40> minutes] <11-19> people walked past [without using it|because they could not see it].
+ [Move it to the height of the hand on the way in|Fill at 7am with the linen, and a number to text when
  empty], [one bottle on each bed end|and a line on the floor].
* [Commodes: is it clean or not?|Green tape that says clean since when]
- You cannot tell [a clean commode from a used one|if the commode was cleaned]. <3-6> of <8-12> {here} had
  [last week's tape|no tape at all|tape with no date], so we clean them [twice|again to be sure].
+ [Tape with the day printed on it|A clean side and a dirty side of the sluice with a line on the floor] and
  [seat up means clean|an underside check every Friday].
* [Gloves on for everything|Gloves are not needed for {task}]
~ task: making beds | moving a wheelchair | feeding | taking blood pressure | answering the phone
- We wear gloves for {task}. [They are on the wall at every bed|It became a habit], hands get sore, and we
  clean them less. {Here} we use about <40-90/10> boxes a month.
+ [A "gloves off" fortnight|Take the boxes off <3-6> walls], with a list of [when they are needed|five
  moments that need them] and [count boxes|look at hands] before and after.
* [Side rooms: who needs one most|The side room list at 3 in the morning]
- [At night|At the weekend] we decide about side rooms with [a list from Friday|half the facts].
  [Twice|<3-4> times] this month someone with diarrhoea waited <5-14> hours in a bay while a side room held
  a patient who no longer needed it.
+ [A daily list with a ranking by infection control, seen by the site team|One line a room on the huddle
  board: why, since when, until when].
* [Cannulas in for too long|VIP scores: the weekend gap|Does this cannula still need to be in?]
- [I checked all cannulas {here}|A look at <18-28> cannulas]: <5-9> were not needed any more and <3-7> had
  no date. [It is worse on Mondays.|Those from theatre have a date, ours do not.]
+ [Ask "still needed?" on the morning round, loud|A coloured sticker a weekday on the dressing], and [the
  HCA may flag|anybody may ask for] removal.
* [Catheters: a reason and a removal date|Catheters stay in because nobody decides]
- Of <6-12> urinary catheters {here}, <3-5> had no [reason|removal date] written. [The decision waits for
  the next ward round.|They come from A&E with them.]
+ [Nurse-led removal with a short list of reasons to keep it|A luggage tag on the bag: why, since, until],
  and a look at it at [the huddle|every handover].
* [Cleaning of shared {kit}|Who cleans the {kit}?]
~ kit: blood pressure cuffs | bladder scanner | hoist slings | tympanic thermometers | pulse oximeters
- [It is not clear who cleans the {kit}|The {kit} go from bed to bed], and the wipes are [kept elsewhere|in
  the sluice]. A swab or UV check {here} [lit up|showed] <4-9> of <10-14> items.
+ [Wipes in a holder on the stand itself|A pack of wipes cable-tied to it] and ["I leave it clean" as a rule
  for all teams, doctors too|a name against each item].
* [Visitors with coughs and colds|Norovirus: tell visitors before they travel]
- [Visitors arrive with tummy bugs because nobody told them|People find out at the door] that a bay is
  closed. On one Sunday <5-11> [families|visitors] had travelled over an hour.
+ [A line in the text reminder|The ward clerk rings one person a family], and the website [says which
  wards|changed by the site team at 9 and 2].
"""
