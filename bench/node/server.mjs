// `node server.mjs DSN ORGANISATION PERSON PORT asked|loaded|carried`: Mercurius over the bench's tables, as its
// documentation has it: its loaders, its JIT, its pubsub. It checks no token and no access, which is in its favour.
// asked: reads and writes; no log of events and no subscriptions, which is in its favour too.
// loaded: an event carries the idea's row, author and theme come by loaders (which Mercurius never lets remember
// anything in a subscription). carried: the mutation reads author and theme once and publishes them with the idea.

import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import mercurius from 'mercurius'
import pg from 'pg'

const [dsn, organisation, person, port, way] = process.argv.slice(2)
const [subscribed, carried] = [way !== 'asked', way === 'carried']
const TOPIC = 'IDEA_SUBMITTED'

const schema = `
  type Person { name: String! }
  type Win { headline: String! early: Boolean! }
  type WinConnection { nodes: [Win!]! }
  type Theme { id: ID! title: String! ideaCount: Int! wins(first: Int!): WinConnection! }
  type ThemeConnection { nodes: [Theme!]! }
  type Comment { body: String! kind: String! author: Person }
  type CommentConnection { nodes: [Comment!]! }
  type Idea {
    id: ID! title: String! problem: String! status: String! supportCount: Int! commentCount: Int!
    author: Person theme: Theme comments(last: Int!): CommentConnection!
  }
  type IdeaConnection { nodes: [Idea!]! }
  interface FeedItem { cursor: String! }
  type IdeaSubmitted implements FeedItem { cursor: String! idea: Idea! }
  type UserError { message: String! }
  input SubmitIdeaInput { problem: String! title: String! themeId: ID! idempotencyKey: ID }
  type SubmitIdeaPayload { idea: Idea userErrors: [UserError!]! }
  input AddCommentInput { ideaId: ID! body: String! idempotencyKey: ID }
  type AddCommentPayload { comment: Comment userErrors: [UserError!]! }
  type Query { ideas(first: Int!): IdeaConnection! idea(id: ID!): Idea themes(first: Int!): ThemeConnection! }
  type Mutation {
    submitIdea(input: SubmitIdeaInput!): SubmitIdeaPayload!
    addComment(input: AddCommentInput!): AddCommentPayload!
  }
  ${subscribed ? 'type Subscription { feed: FeedItem! }' : ''}
`

const pool = new pg.Pool({ connectionString: dsn, max: 8, idleTimeoutMillis: 0 })

// Named, so that PostgreSQL keeps each prepared.
const run = async (client, name, text, ...values) => (await client.query({ name, text, values })).rows

const OF_IDEA = `id, title, problem, status, support_count as "supportCount", comment_count as "commentCount",
  author_id, anonymous, theme_id`
const LATEST = `select ${OF_IDEA} from idea where organisation_id = $1 and withdrawn_at is null
  order by submitted_at desc, id desc limit $2`
const IDEA = `select ${OF_IDEA} from idea where organisation_id = $1 and withdrawn_at is null and id = $2`
const THEMES = `select id, title, idea_count as "ideaCount" from theme where organisation_id = $1 and status <> 'DRAFT'
  order by created_at desc, id desc limit $2`
const COMMENTS = `
  select asked, c.* from unnest($1::uuid[]) asked, lateral (
    select id, body, kind, author_id, anonymous, created_at from comment where idea_id = asked and removed_at is null
    order by created_at desc, id desc limit $2) c order by c.created_at, c.id`
const WINS = `
  select asked, w.* from unnest($1::uuid[]) asked, lateral (
    select id, headline, early, shared_at from win where theme_id = asked
    order by shared_at desc, id desc limit $2) w order by w.shared_at desc, w.id desc`
const BY_ID = {
  person: 'select id, name from person where id = any($1)',
  theme: 'select id, title, idea_count as "ideaCount" from theme where id = any($1)'
}

const NUMBER = 'update idea_number set last = last + 1 where organisation_id = $1 returning last'
const COUNT_IDEA = 'update theme set idea_count = idea_count + 1 where id = $1'
const SUBMIT = `
  insert into idea (organisation_id, id, number, title, problem, status, values, author_id, anonymous, theme_id,
                    author_unit_id, shown_unit_id, submitted_at, updated_at, active_at)
  select $1, $2, $3, $4, $5, 'OPEN', '{}', id, false, $6, unit_id, unit_id, now(), now(), now()
  from person where id = $7 returning ${OF_IDEA}, shown_unit_id`
const COMMENT = `
  insert into comment (organisation_id, id, idea_id, author_id, anonymous, body, kind, created_at)
  values ($1, $2, $3, $4, false, $5, 'COMMENT', now()) returning body, kind, author_id, anonymous`
const COUNT_COMMENT = 'update idea set comment_count = comment_count + 1, active_at = now() where id = $1'
const FOLLOW = 'insert into follow (organisation_id, idea_id, person_id) values ($1, $2, $3) on conflict do nothing'
const APPEND = `
  with head as (update feed_head set position = position + 1 where organisation_id = $1 returning position)
  insert into event (organisation_id, position, at, type, version, public, unfiltered, actor_id, actor_shown, idea_id,
                     themes, units, facts)
  select $1, position, clock_timestamp(), 'IDEA_SUBMITTED', 1, true, false, $2, true, $3, array[$4::uuid],
         array[$5::uuid], '{}' from head returning position`

async function transaction (work) {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const done = await work(client)
    await client.query('commit')
    return done
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

const uuidOf = id => id.slice(id.indexOf('_') + 1)

const submit = ({ problem, title, themeId }) => transaction(async client => {
  const theme = uuidOf(themeId)
  const [{ last }] = await run(client, 'number', NUMBER, organisation)
  await run(client, 'count-idea', COUNT_IDEA, theme)
  const [idea] = await run(client, 'submit', SUBMIT, organisation, randomUUID(), last, title, problem, theme, person)
  await run(client, 'follow', FOLLOW, organisation, idea.id, person)
  if (!subscribed) return { idea }
  const [{ position }] = await run(client, 'append', APPEND, organisation, person, idea.id, theme, idea.shown_unit_id)
  return { idea, position }
})

const comment = ({ ideaId, body }) => transaction(async client => {
  const idea = uuidOf(ideaId)
  const [comment] = await run(client, 'comment', COMMENT, organisation, randomUUID(), idea, person, body)
  await run(client, 'count-comment', COUNT_COMMENT, idea)
  await run(client, 'follow', FOLLOW, organisation, idea, person)
  return comment
})

const byIds = async (table, ids) => {
  const asked = ids.filter(Boolean)
  const rows = asked.length ? await run(pool, table, BY_ID[table], asked) : []
  const found = new Map(rows.map(row => [row.id, row]))
  return ids.map(id => found.get(id) ?? null)
}

const few = async (name, text, ids, most) => {
  const found = new Map(ids.map(id => [id, []]))
  for (const row of await run(pool, name, text, ids, most)) found.get(row.asked).push(row)
  return ids.map(id => ({ nodes: found.get(id) }))
}

const author = queries => byIds('person', queries.map(({ obj }) => obj.anonymous ? null : obj.author_id))

const resolvers = {
  Query: {
    ideas: async (_, { first }) => ({ nodes: await run(pool, 'latest', LATEST, organisation, first) }),
    idea: async (_, { id }) => (await run(pool, 'idea', IDEA, organisation, uuidOf(id)))[0],
    themes: async (_, { first }) => ({ nodes: await run(pool, 'themes', THEMES, organisation, first) })
  },
  Idea: { id: ({ id }) => `idea_${id}` },
  Theme: { id: ({ id }) => `theme_${id}` },
  Mutation: {
    addComment: async (_, { input }) => ({ comment: await comment(input), userErrors: [] }),
    submitIdea: async (_, { input }, { pubsub }) => {
      const { idea, position } = await submit(input)
      if (carried) {
        const [[author], [theme]] = await Promise.all([byIds('person', [idea.author_id]), byIds('theme', [idea.theme_id])])
        Object.assign(idea, { author, theme })
      }
      if (subscribed) {
        const feed = { __typename: 'IdeaSubmitted', cursor: `bench.${organisation.replaceAll('-', '')}.${position}`, idea }
        await pubsub.publish({ topic: TOPIC, payload: { feed } })
      }
      return { idea, userErrors: [] }
    }
  },
  ...(subscribed && { Subscription: { feed: { subscribe: (_, __, { pubsub }) => pubsub.subscribe(TOPIC) } } })
}

const loaders = {
  Comment: { author },
  Idea: {
    author,
    theme: queries => byIds('theme', queries.map(({ obj }) => obj.theme_id)),
    comments: queries => few('comments', COMMENTS, queries.map(({ obj }) => obj.id), queries[0].params.last)
  },
  Theme: { wins: queries => few('wins', WINS, queries.map(({ obj }) => obj.id), queries[0].params.first) }
}
if (carried) delete loaders.Idea

const app = Fastify()
await app.register(mercurius, { schema, resolvers, loaders, jit: 1, subscription: subscribed })
process.on('SIGTERM', () => process.exit(0)) // what it counts has been read; thousands of sockets need no goodbye
await app.listen({ host: '127.0.0.1', port: Number(port) })
