import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { correctTerms } from '../../../src/pipeline/glossary/correct-terms.ts';
import { parseGlossary } from '../../../src/pipeline/glossary/glossary-text.ts';
import { missing, testdataDir } from '../../builders/decoded-audio.ts';
import { say, transcription } from '../../builders/meeting.ts';

function glossaryOf(...lines: string[]) {
  const glossary = parseGlossary(lines.join('\n'));
  assert.ok(typeof glossary !== 'string', String(glossary));
  return glossary;
}

function correct(said: string, ...lines: string[]) {
  const { words } = correctTerms(transcription(say(0, said)), glossaryOf(...lines));
  return { text: words.map(({ text }) => text).join(' '), words };
}

describe('a term of the glossary', () => {
  test('is put where it was heard in several words, with their time and what was heard', () => {
    const { text, words } = correct('So cooper netties, then.', 'Kubernetes');
    assert.equal(text, 'So Kubernetes, then.');
    assert.deepEqual(words[1], {
      ...{ text: 'Kubernetes,', startMs: 300, endMs: 850, confidence: 0.9 },
      original: 'cooper netties',
    });
    assert.deepEqual(
      words.map(({ original }) => original),
      [undefined, 'cooper netties', undefined],
    );
  });

  for (const [said, written, ...lines] of [
    ['the kubernetis cluster', 'the Kubernetes cluster', 'Kubernetes'],
    ["kubernetis's nodes", "Kubernetes's nodes", 'Kubernetes'],
    ['with post gres queue l', 'with PostgreSQL', 'PostgreSQL: post gres queue l'],
    ['on git hub now', 'on GitHub now', 'GitHub'],
    ['ask Ebenezer Ademesoya', 'ask Ebenezer Ademesoye', 'Ebenezer Ademesoye'],
    ['(grafana) and KAFKA', '(Grafana) and Kafka', 'Grafana', 'Kafka'],
    ['我们 用 运 端 。', '我们 用 云端 。', '云端：运端'],
    ['我们 上运端服 务。 云端 好', '我们 上 云端 服 务。 云端 好', '云端：运端'],
    ['say graph on a now', 'say Grafana now', 'Grafana: graph on a'],
  ] as const)
    test(`is written in "${said}"`, () => assert.equal(correct(said, ...lines).text, written));

  for (const [why, said, ...lines] of [
    ['an ordinary word', 'cut them some slack, my confluent friend', 'Slack', 'Confluence'],
    ['an ordinary word with other accents', 'we resume', 'Résumé'],
    ['ordinary words that make another', 'on the foot ball', 'Football'],
    ['ordinary words together', 'say graph on a page', 'Grafana'],
    ['the name of somebody else', 'Catherine agrees', 'Katrin'],
    ['what is made from the term', 'two Hansards', 'Hansard'],
    ['the term at the begin of a sentence', 'Kubectl works', 'kubectl'],
    ['words of two sentences', 'I met Cooper. Netties are plants', 'Kubernetes'],
    ['a short word', 'the riddes', 'Redi'],
    ['a number', 'cooper 3 netties', 'Kubernetes'],
    ['another script', '我们用运端', '云端'],
  ] as const)
    test(`is not put in place of ${why}`, () => {
      const before = transcription(say(0, said));
      assert.equal(correctTerms(before, glossaryOf(...lines)), before);
    });

  test('joins no words of two voices, or with a pause between', () => {
    const [cooper, netties] = say(0, 'cooper netties');
    assert.ok(cooper && netties);
    const paused = transcription([cooper], [{ ...netties, startMs: 2_000, endMs: 2_300 }]);
    const divided = transcription([{ ...cooper, voice: 0 }], [{ ...netties, voice: 1 }]);
    for (const before of [paused, divided]) assert.equal(correctTerms(before, glossaryOf('Kubernetes')), before);
    const listed = glossaryOf('Kubernetes: cooper netties');
    assert.equal(correctTerms(divided, listed), divided);
    const own = correctTerms(transcription(say(0, 'cooper netties').map(word => ({ ...word, voice: 1 }))), listed);
    assert.deepEqual(
      own.words.map(({ text, voice }) => [text, voice]),
      [['Kubernetes', 1]],
    );
  });

  test('is looked for by its sound in English alone, and by listed spellings everywhere', () => {
    const german = { ...transcription(say(0, 'die kubernetis und grafener')), language: 'de' };
    const glossary = glossaryOf('Kubernetes', 'Grafana: grafener');
    assert.equal(
      correctTerms(german, glossary)
        .words.map(({ text }) => text)
        .join(' '),
      'die kubernetis und Grafana',
    );
    const span = { startMs: 0, endMs: 600, language: 'de' };
    const mixed = { ...transcription(say(0, 'die kubernetis the kubernetis')), otherLanguages: [span] };
    assert.deepEqual(
      correctTerms(mixed, glossary).words.map(({ text }) => text),
      ['die', 'kubernetis', 'the', 'Kubernetes'],
    );
  });

  test('of several words has what was heard at its first word', () => {
    const { words } = correct('buy new relick today', 'New Relic: new relick');
    assert.deepEqual(
      words.map(({ text, original }) => [text, original]),
      [
        ['buy', undefined],
        ['New', 'new relick'],
        ['Relic', undefined],
        ['today', undefined],
      ],
    );
  });
});

/** Software, medicine, companies and people, none of which is said in the recordings. */
const ELSEWHERE = `Kubernetes Grafana Prometheus PostgreSQL Terraform Ansible Ollama Valkey Redis TypeScript Fastify
  Elasticsearch Kibana Logstash RabbitMQ Kafka Istio Cilium Jenkins ArgoCD Traefik Datadog PagerDuty Databricks Airflow
  Salesforce HubSpot Zendesk Atlassian Confluence Bitbucket Asana Trello Mattermost Jitsi Webex Zapier Airtable Cloudflare
  Fastly Akamai Heroku Vercel Netlify Supabase Firebase DynamoDB Cassandra Clickhouse SonarQube Playwright Vitest webpack
  esbuild Svelte Django FastAPI PyTorch TensorFlow Anthropic Mistral LangChain Pinecone Weaviate Milvus Qdrant Siobhan
  Xiaoming Nguyen Papadopoulos Krzysztof Anneliese Katrin Venkatesh Oleksandr Joaquin Thibault Guillaume Wojciech Aoife Niamh
  Szymon Eindhoven Reykjavik Ljubljana Ouagadougou Kyrgyzstan Novartis Boehringer Sanofi AstraZeneca Pfizer ibuprofen
  metformin atorvastatin omeprazole pembrolizumab Ozempic semaglutide lisinopril Accenture Deloitte Capgemini Siemens
  Volkswagen Hyundai Renault Stellantis OpenTelemetry Keycloak HashiCorp Picovoice pyannote Silero Fivetran Mixpanel
  Braintree Klarna`.split(/\s+/);

describe('a glossary of terms that nobody says', () => {
  const folders = ['ami', 'meetings', 'synth'];
  const skip = missing([], [...folders, 'ami-summaries']);

  test('changes no word of the test data', { skip }, () => {
    const stm = folders
      .flatMap(folder => fs.globSync(path.join(testdataDir, folder, '*.stm')))
      .flatMap(file => fs.readFileSync(file, 'utf8').split('\n'))
      .filter(line => !line.startsWith(';;'))
      .map(line => line.split(' ').slice(5).join(' '));
    const meetings = fs
      .globSync(path.join(testdataDir, 'ami-summaries', '*.transcript.txt'))
      .map(file => fs.readFileSync(file, 'utf8'));
    const said = [...stm, ...meetings].join(' ').split(/\s+/).filter(Boolean).join(' ');
    const before = transcription(say(0, said));
    assert.ok(before.words.length > 30_000);
    const after = correctTerms(before, glossaryOf(...ELSEWHERE));
    assert.deepEqual(
      after.words.filter(({ original }) => original !== undefined),
      [],
    );
  });
});
